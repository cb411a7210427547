namespace Murder.Deploy;

/// <summary>
/// What one run of <c>MurderDeploy</c>, <c>MurderStage</c>, <c>MurderActivate</c> or <c>MurderRollback</c> came to, or has come to so far: what
/// <c>report.json</c> holds, by docs/report.schema.json. Sizes in bytes of payload, times in seconds from <see cref="StartedAt"/>.
/// </summary>
public sealed record DeploymentReport
{
    /// <summary>Raised when a member changes its meaning or goes away; new members do not raise it.</summary>
    public int SchemaVersion { get; init; } = 1;

    public required DeploymentVerb Verb { get; init; }

    public required DeploymentOutcome Outcome { get; init; }

    public required string Application { get; init; }

    public required string Release { get; init; }

    /// <summary>Who deployed, and in CI the address of the job.</summary>
    public required string DeployedBy { get; init; }

    /// <summary><c>Hosts</c> as it was given.</summary>
    public required string RequestedHosts { get; init; }

    /// <summary>Of the release; null, as the sizes below are 0, when nothing was distributed but what was staged before was activated.</summary>
    public string? InfoHash { get; init; }

    public int FileCount { get; init; }

    public long TotalBytes { get; init; }

    public int PieceLength { get; init; }

    public int PieceCount { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double TotalSeconds { get; init; }

    /// <summary>From the first fetch command to the last host staged; null when none was.</summary>
    public double? StagingSeconds { get; init; }

    /// <summary>What the distribution could not have gone below; null when hosts fetched nothing, or no rate is known.</summary>
    public SwarmBound? Bound { get; init; }

    /// <summary>Where hosts had to reach the deploying machine.</summary>
    public DeployerPorts? Ports { get; init; }

    /// <summary>Bytes that the seeder sent; divided by <see cref="TotalBytes"/> these are the seeder's copies.</summary>
    public long SeederUploadedBytes { get; init; }

    /// <summary>Bytes that hosts fetched from hosts of other zones; null when there are not several zones. The seeder is in none: what it sends is <see cref="SeederUploadedBytes"/>.</summary>
    public long? DownloadedBytesAcrossZones { get; init; }

    /// <summary>When the seeder sent its first byte of payload; null when it sent none. The last host's <see cref="HostReport.StagedSeconds"/> minus this is what the distribution took.</summary>
    public double? SeederFirstByteSeconds { get; init; }

    /// <summary>Agents that this machine sent to hosts that had none; 0 on most deploys.</summary>
    public int AgentsUploaded { get; init; }

    /// <summary>Agents that such hosts brought to each other.</summary>
    public int AgentsSpread { get; init; }

    public bool Succeeded => Outcome == DeploymentOutcome.Succeeded;

    /// <summary>Too many hosts failed their activation, and every one that was switched was ordered back.</summary>
    public bool RolledBack { get; init; }

    /// <summary>How many hosts might fail.</summary>
    public int FailedHostsMax { get; init; }

    /// <summary>Of the activation; 0 when there was none.</summary>
    public int WaveCount => Waves.Count;

    public IReadOnlyList<WaveReport> Waves { get; init; } = [];

    /// <summary>What every host had to pass.</summary>
    public required GateReport Gates { get; init; }

    /// <summary>What is to be said of the run as a whole; empty when it came to its goal. What befell a host stands with the host.</summary>
    public IReadOnlyList<ReportedProblem> Problems { get; init; } = [];

    /// <summary>For a run that left hosts out: what to give to <c>Hosts</c> so that the same command goes to just those. Null when none, or too many to be named.</summary>
    public string? RepairHosts { get; init; }

    /// <summary>Everything random in the deploy derives from it.</summary>
    public required ulong Seed { get; init; }

    public required IReadOnlyList<HostReport> Hosts { get; init; }
}

/// <summary>What was asked for.</summary>
public enum DeploymentVerb
{
    Deploy,
    Stage,
    Activate,
    Rollback,
}

/// <summary>How a run ended.</summary>
public enum DeploymentOutcome
{
    /// <summary>It has not ended; only the live page sees this.</summary>
    Running,

    Succeeded,
    Failed,

    /// <summary>It failed, and every host that had been switched was ordered back.</summary>
    RolledBack,

    Cancelled,
}

/// <summary>A <see cref="Problem"/> as a report keeps it.</summary>
public sealed record ReportedProblem(string Code, string Text, string Remedy);

/// <summary>One wave of an activation.</summary>
/// <param name="Number">from 1 on</param>
/// <param name="HostCount">hosts that it was planned for</param>
/// <param name="PassedCount">those that passed their gates, whatever became of them later</param>
/// <param name="FailedCount">those that did not, or were lost before</param>
/// <param name="BeganSeconds">null when it never did</param>
/// <param name="EndedSeconds">when its last host had passed or failed; null while that is to come</param>
public sealed record WaveReport(int Number, int HostCount, int PassedCount, int FailedCount, double? BeganSeconds, double? EndedSeconds);

/// <summary>
/// What a host has to pass besides the switch of <c>current</c>. Commands are told of but not quoted here (the detail of a host where one
/// failed quotes it), and the URL is without its query: a report is passed around, and they may hold secrets.
/// </summary>
/// <param name="Service">systemd unit that is restarted; empty for none</param>
/// <param name="HealthUrl">empty for none</param>
public sealed record GateReport(bool BeforeActivate, string Service, bool AfterActivate, string HealthUrl, double HealthTimeoutSeconds);
