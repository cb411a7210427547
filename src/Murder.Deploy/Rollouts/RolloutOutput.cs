using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>What the driver must do now. <c>Host</c> is the place in the plan's list.</summary>
public abstract record RolloutOutput
{
    /// <summary>Connect and bootstrap; answer AgentReady or LaunchFailed.</summary>
    public sealed record Launch(int Host) : RolloutOutput;

    /// <summary>Order the fetch; answers: Progressed, Staged, AgentFailed, AgentLost.</summary>
    public sealed record Fetch(int Host) : RolloutOutput;

    /// <summary>Order that the host is locked for what is staged there; answers: Locked, AgentFailed, AgentLost.</summary>
    public sealed record Lock(int Host) : RolloutOutput;

    /// <summary>Order the activation; answers: Switched and Activated, AgentFailed, AgentLost.</summary>
    public sealed record Activate(int Host) : RolloutOutput;

    /// <summary>Order that the host goes back to what it ran; answers as above.</summary>
    /// <param name="Release">null when it ran nothing</param>
    public sealed record RollBack(int Host, ReleaseId? Release) : RolloutOutput;

    /// <summary>The agent has done its part; answer: AgentLeft or AgentLost.</summary>
    /// <param name="Prunes">the release is active everywhere: old ones may go</param>
    public sealed record Dismiss(int Host, bool Prunes = false) : RolloutOutput;

    /// <summary>The deploy was cancelled: the agent removes what it half-wrote; answer: AgentLeft or AgentLost.</summary>
    public sealed record Abort(int Host) : RolloutOutput;

    /// <summary>Give up launches that are under way; each still answers AgentReady or LaunchFailed.</summary>
    public sealed record CancelLaunches : RolloutOutput;

    /// <summary>The last output there is.</summary>
    public sealed record Finished : RolloutOutput;
}
