using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>One host's place in a rollout. Changed by <see cref="Rollout"/> only.</summary>
public sealed class HostProgress
{
    public HostState State { get; internal set; } = HostState.Planned;

    public HostFailure? Failure { get; internal set; }

    public string Detail { get; internal set; } = "";

    /// <summary>An agent of ours runs on the host.</summary>
    public bool HasAgent { get; internal set; }

    public Instant? ReadyAt { get; internal set; }

    public Instant? StagedAt { get; internal set; }

    public Instant? ActiveAt { get; internal set; }

    /// <summary>When the order that is being carried out was given, or last got on.</summary>
    internal Instant HeadwayAt { get; set; }

    /// <summary><c>current</c> may have been switched since, whatever became of the host.</summary>
    internal bool IsActivationOrdered { get; set; }

    /// <summary>What the agent does beside the swarm; null while it fetches.</summary>
    public AgentWorking? Work { get; internal set; }

    /// <summary>The latest the agent told of its fetch.</summary>
    public AgentProgress? Fetch { get; internal set; }

    public AgentStaged? Result { get; internal set; }

    /// <summary>Active before this rollout.</summary>
    public string? PreviousRelease { get; internal set; }
}
