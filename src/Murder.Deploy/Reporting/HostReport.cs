using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Where a host stands in a deploy.</summary>
public enum HostState
{
    Planned,
    Bootstrapping,

    /// <summary>Its lock is asked for, for the activation of what is staged.</summary>
    Locking,

    /// <summary>It waits to be activated.</summary>
    Ready,

    Fetching,
    Staged,
    Activating,
    Active,
    RollingBack,

    /// <summary>Runs what it ran before the deploy.</summary>
    RolledBack,

    Failed,
}

/// <summary>What happened on one host. Sizes in bytes of payload, times in seconds from the start of the deploy.</summary>
public sealed record HostReport(string Name)
{
    public required string Address { get; init; }

    public string Zone { get; init; } = "";

    /// <summary>How it came to the tracker and the seeder; null when it never asked.</summary>
    public HostWay? Way { get; init; }

    public required HostState State { get; init; }

    public HostFailure? Failure { get; init; }

    /// <summary>MURDER code of the failure.</summary>
    public string? Code { get; init; }

    /// <summary>What happened, in the host's own words where it has any: text from a machine, of any content.</summary>
    public string? Detail { get; init; }

    public string? Remedy { get; init; }

    /// <summary>When its turn to be connected to came; null when it never did.</summary>
    public double? LaunchedSeconds { get; init; }

    /// <summary>When its agent ran, and the fetch began.</summary>
    public double? ReadySeconds { get; init; }

    public double? StagedSeconds { get; init; }

    /// <summary>In which wave the host was activated, from 1 on; null when it was not.</summary>
    public int? Wave { get; init; }

    /// <summary>When the activation was ordered.</summary>
    public double? ActivationSeconds { get; init; }

    /// <summary>When <c>current</c> pointed to the release.</summary>
    public double? SwitchedSeconds { get; init; }

    /// <summary>When the release had passed its gates.</summary>
    public double? ActiveSeconds { get; init; }

    /// <summary>When it failed first.</summary>
    public double? FailedSeconds { get; init; }

    /// <summary>When it was ordered back to what it ran.</summary>
    public double? RollbackSeconds { get; init; }

    /// <summary>When it ran that again.</summary>
    public double? RolledBackSeconds { get; init; }

    /// <summary>It ran the release before, in health, and nothing was done to it.</summary>
    public bool WasUntouched { get; init; }

    /// <summary>Bytes of the release that it holds and has verified.</summary>
    public long VerifiedBytes { get; init; }

    public long ResumedBytes { get; init; }

    public long DownloadedBytes { get; init; }

    /// <summary>Those of them that came from hosts of other zones.</summary>
    public long DownloadedBytesAcrossZones { get; init; }

    public long UploadedBytes { get; init; }

    public long WastedBytes { get; init; }

    /// <summary>Active before this deploy.</summary>
    public string? PreviousRelease { get; init; }
}
