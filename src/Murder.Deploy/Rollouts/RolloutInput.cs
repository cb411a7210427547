using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Every way a rollout can change: what happened, in the order of a deploy. <c>Host</c> is the place in the plan's list.</summary>
public abstract record RolloutInput
{
    /// <summary>The deploy begins.</summary>
    public sealed record Started : RolloutInput;

    /// <summary>The host's agent said hello.</summary>
    /// <param name="LinkBitsPerSecond">of the link at which it was reached; null when that does not tell</param>
    public sealed record AgentReady(int Host, long? LinkBitsPerSecond = null) : RolloutInput;

    /// <summary>The host could not be reached or bootstrapped: there is no agent.</summary>
    public sealed record LaunchFailed(int Host, HostFailure Failure, string Detail) : RolloutInput;

    /// <summary>What is staged on the host can be activated, and nobody else changes the host meanwhile.</summary>
    public sealed record Locked(int Host) : RolloutInput;

    /// <summary>The agent tells how far its fetch is.</summary>
    public sealed record Progressed(int Host, AgentProgress Progress) : RolloutInput;

    /// <summary>The agent is busy with its disk, and gets on.</summary>
    public sealed record Working(int Host, AgentWorking Work) : RolloutInput;

    /// <summary>The agent caught another peer lying, and will not speak to it again. Nothing else changes.</summary>
    public sealed record PeerBanned(int Host, string Endpoint, string Detail) : RolloutInput;

    /// <summary>The release is whole on the host.</summary>
    public sealed record Staged(int Host, AgentStaged Result) : RolloutInput;

    /// <summary><c>current</c> points to the release that was ordered, new or old; whether it is healthy is yet to be seen.</summary>
    /// <param name="Previous">what the host ran before; null when it ran nothing</param>
    /// <param name="WasActive">it did so before the order too</param>
    /// <param name="WasSettled">and an earlier activation had come to its good end</param>
    public sealed record Switched(int Host, string? Previous, bool WasActive = false, bool WasSettled = false) : RolloutInput;

    /// <summary>The release that was ordered runs, and passed its gates.</summary>
    /// <param name="WasDone">it did so before, and the host was left alone</param>
    public sealed record Activated(int Host, bool WasDone = false) : RolloutInput;

    /// <summary>The agent could not carry out its order; it still listens.</summary>
    public sealed record AgentFailed(int Host, HostFailure Failure, string Detail) : RolloutInput;

    /// <summary>The agent is gone without having been told to go.</summary>
    public sealed record AgentLost(int Host, HostFailure Failure, string Detail) : RolloutInput;

    /// <summary>The agent is on its way out, and could not remove all old releases. Nothing else changes.</summary>
    public sealed record NotPruned(int Host, string Detail) : RolloutInput;

    /// <summary>The agent said goodbye, as it was told to.</summary>
    public sealed record AgentLeft(int Host) : RolloutInput;

    /// <summary>The seeder on the deploying machine is gone: what no host has yet, none will get.</summary>
    public sealed record SeederLost : RolloutInput;

    /// <summary>Somebody wants to see where the rollout stands. Nothing changes.</summary>
    public sealed record LookedAt : RolloutInput;

    /// <summary>Ctrl-C, SIGTERM, or a failure of the deployer's own.</summary>
    public sealed record CancelRequested : RolloutInput;
}
