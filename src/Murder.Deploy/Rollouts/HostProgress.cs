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

    /// <summary>The host failed while it was activated or taken back, and what it runs now is not what it ran before, or is not known.</summary>
    public bool IsAstray => HasFailed && State != HostState.RolledBack && !WasSettled && (IsSwitched || IsRollbackOrdered || IsUnknown);

    /// <summary><see cref="Detail"/>, and what the host runs now when that is not what one would think.</summary>
    public string WhatHappened => this switch
    {
        { State: HostState.RolledBack, PreviousRelease: { } previous } => $"{Detail.TrimEnd('.')}; it runs {previous} again",
        { State: HostState.RolledBack } => $"{Detail.TrimEnd('.')}; it runs no release, as before",
        { WasSettled: true } => $"{Detail.TrimEnd('.')}; it runs this release since before the deploy, which left it there",
        { IsSwitched: true } => $"{Detail.TrimEnd('.')}; current points to the new release",
        { IsRollbackOrdered: true } => $"{Detail.TrimEnd('.')}; current points to {PreviousRelease ?? "nothing"} again",
        { IsUnknown: true } => $"{Detail.TrimEnd('.')}; it is not known what current points to",
        _ => Detail,
    };

    /// <summary>Whatever it was told, it may have done.</summary>
    private bool IsUnknown => IsActivationOrdered && !IsSwitched && Failure is HostFailure.AgentLost or HostFailure.AgentEnded or HostFailure.ActivationTimedOut or HostFailure.Cancelled;

    public string Detail { get; internal set; } = "";

    /// <summary>An agent of ours runs on the host.</summary>
    public bool HasAgent { get; internal set; }

    /// <summary>When its turn to be connected to came.</summary>
    public Instant? LaunchedAt { get; internal set; }

    public Instant? ReadyAt { get; internal set; }

    public Instant? StagedAt { get; internal set; }

    /// <summary>In which wave it was activated, from 1 on.</summary>
    public int? Wave { get; internal set; }

    public Instant? ActivationOrderedAt { get; internal set; }

    public Instant? SwitchedAt { get; internal set; }

    public Instant? ActiveAt { get; internal set; }

    /// <summary>When it failed first; null when it has not.</summary>
    public Instant? FailedAt { get; internal set; }

    public Instant? RollbackOrderedAt { get; internal set; }

    /// <summary>When it ran again what it ran before.</summary>
    public Instant? RolledBackAt { get; internal set; }

    /// <summary>Of the link at which the host was reached, as its agent said; null when that does not tell.</summary>
    public long? LinkBitsPerSecond { get; internal set; }

    /// <summary>When the order that is being carried out was given, or last got on.</summary>
    internal Instant HeadwayAt { get; set; }

    /// <summary><c>current</c> may have been switched since, whatever became of the host.</summary>
    internal bool IsActivationOrdered { get; set; }

    /// <summary><c>current</c> points to the new release, as far as the host said.</summary>
    public bool IsSwitched { get; internal set; }

    /// <summary>It ran the release before this rollout: it is no work of this one, which does not take it back unless it fails.</summary>
    internal bool WasActive { get; set; }

    /// <summary>It ran the release before this rollout, and an earlier activation of it had come to its good end: nothing it ran before this rollout is better.</summary>
    internal bool WasSettled { get; set; }

    /// <summary>It ran the release before this rollout, in health, and nothing was done to it.</summary>
    public bool WasUntouched { get; internal set; }

    internal bool IsRollbackOrdered { get; set; }

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
