using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>One host's place in a rollout. Changed by <see cref="Rollout"/> only.</summary>
public sealed class HostProgress
{
    public HostState State { get; internal set; } = HostState.Planned;

    /// <summary>Why the host does not run the release by a fault of its own, also after it went back; null when it has none.</summary>
    public HostFailure? Failure { get; internal set; }

    public bool HasFailed => Failure is not null;

    /// <summary><see cref="Detail"/>, and what the host runs now when that is not what one would think.</summary>
    public string WhatHappened => this switch
    {
        { State: HostState.RolledBack, PreviousRelease: { } previous } => $"{Detail.TrimEnd('.')}; it runs {previous} again",
        { State: HostState.RolledBack } => $"{Detail.TrimEnd('.')}; it runs no release, as before",
        { IsSwitched: true } => $"{Detail.TrimEnd('.')}; current points to the new release",
        _ => Detail,
    };

    public string Detail { get; internal set; } = "";

    /// <summary>An agent of ours runs on the host.</summary>
    public bool HasAgent { get; internal set; }

    public Instant? ReadyAt { get; internal set; }

    public Instant? StagedAt { get; internal set; }

    /// <summary>In which wave it was activated, from 1 on.</summary>
    public int? Wave { get; internal set; }

    public Instant? SwitchedAt { get; internal set; }

    public Instant? ActiveAt { get; internal set; }

    /// <summary>When the order that is being carried out was given, or last got on.</summary>
    internal Instant HeadwayAt { get; set; }

    /// <summary><c>current</c> may have been switched since, whatever became of the host.</summary>
    internal bool IsActivationOrdered { get; set; }

    /// <summary><c>current</c> points to the new release, as far as the host said.</summary>
    public bool IsSwitched { get; internal set; }

    /// <summary>The agent was told to go.</summary>
    internal bool IsDismissed { get; set; }

    /// <summary>What the agent does beside the swarm; null while it fetches.</summary>
    public AgentWorking? Work { get; internal set; }

    /// <summary>The latest the agent told of its fetch.</summary>
    public AgentProgress? Fetch { get; internal set; }

    public AgentStaged? Result { get; internal set; }

    /// <summary>Active before this rollout.</summary>
    public string? PreviousRelease { get; internal set; }
}
