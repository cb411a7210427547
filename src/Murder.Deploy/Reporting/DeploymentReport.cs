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

    public required HostState State { get; init; }

    public HostFailure? Failure { get; init; }

    /// <summary>MURDER code of the failure.</summary>
    public string? Code { get; init; }

    public string? Detail { get; init; }

    public string? Remedy { get; init; }

    public double? ReadySeconds { get; init; }

    public double? StagedSeconds { get; init; }

    /// <summary>In which wave the host was activated, from 1 on; null when it was not.</summary>
    public int? Wave { get; init; }

    /// <summary>When <c>current</c> pointed to the release.</summary>
    public double? SwitchedSeconds { get; init; }

    /// <summary>When the release had passed its gates.</summary>
    public double? ActiveSeconds { get; init; }

    /// <summary>It ran the release before this deploy, in health, and nothing was done to it.</summary>
    public bool WasUntouched { get; init; }

    public long ResumedBytes { get; init; }

    public long DownloadedBytes { get; init; }

    /// <summary>Those of them that came from hosts of other zones.</summary>
    public long DownloadedBytesAcrossZones { get; init; }

    public long UploadedBytes { get; init; }

    public long WastedBytes { get; init; }

    /// <summary>Active before this deploy.</summary>
    public string? PreviousRelease { get; init; }
}

/// <summary>The outcome of one run of <c>MurderDeploy</c> or <c>MurderStage</c>: what <c>report.json</c> holds.</summary>
public sealed record DeploymentReport
{
    /// <summary>Raised when a member changes its meaning or goes away; new members do not raise it.</summary>
    public int Schema { get; init; } = 1;

    public required string Application { get; init; }

    public required string Release { get; init; }

    public required string InfoHash { get; init; }

    public required int FileCount { get; init; }

    public required long TotalBytes { get; init; }

    public required int PieceLength { get; init; }

    public required int PieceCount { get; init; }

    /// <summary>Who deployed, and from where.</summary>
    public required string DeployedBy { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double TotalSeconds { get; init; }

    /// <summary>From the first fetch command to the last host staged; null when none was.</summary>
    public double? StagingSeconds { get; init; }

    /// <summary>Where hosts had to reach the deploying machine.</summary>
    public DeployerPorts? Ports { get; init; }

    /// <summary>Bytes that the seeder sent; divided by <see cref="TotalBytes"/> these are the seeder's copies.</summary>
    public long SeederUploadedBytes { get; init; }

    /// <summary>Bytes that hosts fetched from hosts of other zones; null when there are not several zones. The seeder is in none: what it sends is <see cref="SeederUploadedBytes"/>.</summary>
    public long? DownloadedBytesAcrossZones { get; init; }

    /// <summary>When the seeder sent its first byte of payload; null when it sent none. The last host's <see cref="HostReport.StagedSeconds"/> minus this is what the distribution took.</summary>
    public double? SeederFirstByteSeconds { get; init; }

    /// <summary>The least time after the first byte in which the last host could be staged, under the rate limit; null when there was none.</summary>
    public double? BoundSeconds { get; init; }

    public required bool Succeeded { get; init; }

    /// <summary>Too many hosts failed their activation, and every one that was switched was ordered back.</summary>
    public bool RolledBack { get; init; }

    /// <summary>Of the activation; 0 when there was none.</summary>
    public int WaveCount { get; init; }

    /// <summary>What to give to <c>Hosts</c> so that the same command goes to just the hosts that failed; null when none did, or they are too many.</summary>
    public string? RepairHosts { get; init; }

    /// <summary>Everything random in the deploy derives from it.</summary>
    public required ulong Seed { get; init; }

    public required IReadOnlyList<HostReport> Hosts { get; init; }
}
