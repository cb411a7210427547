using System.Text.Json.Serialization;
using Murder.Swarm;

namespace Murder.PeerHost.Contract;

/// <summary>What the deployer tells an agent.</summary>
public abstract record AgentCommand
{
    /// <summary>What follows the command's line on the channel, as it is.</summary>
    [JsonIgnore]
    public virtual ReadOnlyMemory<byte> Trailer => default;
}

/// <summary>Renews the lease; answered by <see cref="AgentPong"/>.</summary>
public sealed record PingCommand(long Sequence) : AgentCommand;

/// <summary>A command about one release, whose description comes with it.</summary>
public abstract record MetainfoCommand : AgentCommand
{
    /// <summary>
    /// The whole <c>.torrent</c>. It follows the line: with many files it has megabytes, which neither side is to hold a second and third time as text.
    /// </summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Metainfo { get; init; }

    /// <summary>Bytes of the metainfo: of the one that is here, or of the one that follows.</summary>
    public int MetainfoLength
    {
        get => Metainfo.IsEmpty ? field : Metainfo.Length;
        init;
    }

    [JsonIgnore]
    public override ReadOnlyMemory<byte> Trailer => Metainfo;
}

/// <summary>What a member of the swarm of one release has to know, whatever its part.</summary>
public abstract record SwarmCommand : MetainfoCommand
{
    /// <summary>First port to listen on, 0 for any.</summary>
    public required int Port { get; init; }

    /// <summary>Seed of everything random in this agent.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Makes the agent a member of this deploy's swarm; null for a swarm without certificates.</summary>
    public MemberCredential? Credential { get; init; }

    /// <summary>The failure or cost domain that the host is in; empty when it has none. Members of other zones are asked only for what none of its own has.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Bytes of the release that the agent may receive in a second, and as many that it may send; null for no limit.</summary>
    public long? BytesPerSecondMax { get; init; }
}

/// <summary>
/// Join the swarm, fill <c>releases/ID.partial</c>, rename it to <c>releases/ID</c> and seed on until <see cref="StopCommand"/>. Answered by
/// <see cref="AgentProgress"/> and <see cref="AgentWorking"/> now and then, and <see cref="AgentStaged"/> or <see cref="AgentFailed"/>.
/// </summary>
public sealed record FetchCommand : SwarmCommand, ILockingCommand
{
    /// <summary>Absolute path of the application's root on the host.</summary>
    public required string Root { get; init; }

    public required ReleaseId Release { get; init; }

    ReleaseId? ILockingCommand.Release => Release;

    /// <summary>Tracker URLs, best first, https when there is a credential and http when not; IP addresses only (a static agent must not resolve names).</summary>
    public required IReadOnlyList<string> AnnounceUrls { get; init; }

    /// <summary>The tracker is asked over this channel, by <see cref="AgentAnnounce"/>, when no URL leads to it, or there is none.</summary>
    public bool AnnouncesByChannel { get; init; }

    /// <summary>The release is to be activated then: what keeps it from that is found before anything is fetched.</summary>
    public bool IsToBeActivated { get; init; }

    /// <summary>What has to be in <c>shared</c> before anything is fetched, since the release is to be activated then; none when it is not.</summary>
    public SharedPaths Shared
    {
        get;
        init => field = value ?? SharedPaths.None; // JSON that says nothing of it sets null
    } = SharedPaths.None;

    public string DeployedBy { get; init; } = "";

    public DateTimeOffset DeployStartedAt { get; init; }

    public bool BreaksLock { get; init; }
}

/// <summary>
/// Be the swarm's origin until <see cref="StopCommand"/>: serve a folder that holds the whole release, and only read it. The deployer tells its
/// tracker where, so nothing is announced. Answered by <see cref="AgentSeeding"/>, then <see cref="AgentUploaded"/> now and then and once more
/// before <see cref="AgentBye"/>; by <see cref="AgentFailed"/> when it cannot be, at any time.
/// </summary>
public sealed record SeedCommand : SwarmCommand
{
    /// <summary>Absolute path of the publish folder.</summary>
    public required string Directory { get; init; }
}

/// <summary>
/// Take the lock of a root, whose release lies there ready to be activated, and keep it until the agent leaves: so that two deploys which activate
/// what is staged do not divide the hosts between them. Answered by <see cref="AgentLocked"/> or <see cref="AgentFailed"/>.
/// </summary>
public sealed record LockCommand(string Root, ReleaseId Release) : AgentCommand, ILockingCommand
{
    ReleaseId? ILockingCommand.Release => Release;

    /// <summary>What has to be in <c>shared</c>; none when the release is to be active again.</summary>
    public SharedPaths Shared
    {
        get;
        init => field = value ?? SharedPaths.None; // JSON that says nothing of it sets null
    } = SharedPaths.None;

    public string DeployedBy { get; init; } = "";

    public DateTimeOffset DeployStartedAt { get; init; }

    public bool BreaksLock { get; init; }
}

/// <summary>
/// Point <c>current</c> at a staged release by one rename, and carry out the steps before and after it. Answered by <see cref="AgentSwitched"/>,
/// <see cref="AgentWorking"/> now and then, and <see cref="AgentActivated"/> when every step is done, or <see cref="AgentFailed"/> at the first
/// that is not. The agent never goes back by itself. The same command again has the same end: steps run again, but for a release
/// that is active, whose steps were all done and which is alive; that is left alone.
/// </summary>
/// <param name="Release">
/// null when nothing is to be active any more, as before the first deploy: <c>current</c> is removed and the service stopped, and no other step
/// is run; only with <see cref="IsRollback"/>
/// </param>
public sealed record ActivateCommand(string Root, ReleaseId? Release, string DeployedBy = "") : AgentCommand, ILockingCommand
{
    public DateTimeOffset DeployStartedAt { get; init; }

    public bool BreaksLock { get; init; }

    /// <summary>What the release is to have links to before the first step. A rollback leaves the links as they were when the release was active.</summary>
    public SharedPaths Shared
    {
        get;
        init => field = value ?? SharedPaths.None; // JSON that says nothing of it sets null
    } = SharedPaths.None;

    /// <summary>Name of the service, for the commands.</summary>
    public string Application
    {
        get;
        init => field = value ?? "";
    } = "";

    public ActivationSteps Steps
    {
        get;
        init => field = value ?? ActivationSteps.None;
    } = ActivationSteps.None;

    /// <summary>The release that is active is taken back for an earlier one: without <see cref="ActivationSteps.BeforeActivate"/>, which that one has had.</summary>
    public bool IsRollback { get; init; }
}

/// <summary>Answered by <see cref="AgentStatus"/>, after <see cref="AgentWorking"/> now and then when it verifies.</summary>
public sealed record StatusCommand(string Root) : AgentCommand
{
    /// <summary>Hash the active release, and say how it differs from what was staged.</summary>
    public bool Verifies { get; init; }
}

/// <summary>
/// Look what a deploy of the release would meet on the host, and change nothing. Answered by <see cref="AgentWorking"/> now and then, and
/// <see cref="AgentSurveyed"/>; the agent listens on its swarm port until the end.
/// </summary>
public sealed record SurveyCommand : MetainfoCommand
{
    public required string Root { get; init; }

    public required ReleaseId Release { get; init; }

    /// <summary>First swarm port to try, 0 for any.</summary>
    public required int Port { get; init; }

    /// <summary>What has to be in <c>shared</c>.</summary>
    public SharedPaths Shared
    {
        get;
        init => field = value ?? SharedPaths.None;
    } = SharedPaths.None;

    /// <summary>Of the activation that would follow.</summary>
    public ActivationSteps Steps
    {
        get;
        init => field = value ?? ActivationSteps.None;
    } = ActivationSteps.None;
}

/// <summary>Try to connect to others. Answered by <see cref="AgentReached"/>.</summary>
/// <param name="Endpoints">IP addresses with ports</param>
public sealed record ReachCommand(IReadOnlyList<string> Endpoints) : AgentCommand
{
    /// <summary>How long each may take to answer: a packet filter drops silently.</summary>
    public int AnswerMillisecondsMax { get; init; } = 3000;
}

/// <summary>Answers <see cref="AgentAnnounce"/>. Heard at any moment.</summary>
/// <param name="Sequence">of the announce</param>
/// <param name="Answer">bencoded, as the body of a tracker's answer (BEP 3)</param>
public sealed record AnnouncedCommand(long Sequence, ReadOnlyMemory<byte> Answer) : AgentCommand;

/// <summary>To a seeder: peers that connect to nobody here, for they do not reach this machine. It connects to them, again and again if it must.</summary>
/// <param name="Endpoints">IP addresses with ports</param>
public sealed record MeetCommand(IReadOnlyList<string> Endpoints) : AgentCommand;

/// <summary>Remove old releases, what is half there, and agents that nobody uses. Answered by <see cref="AgentPruned"/>.</summary>
/// <param name="Keep">how many whole releases stay, beside the active one and the one before it</param>
public sealed record PruneCommand(string Root, int Keep) : AgentCommand, ILockingCommand
{
    ReleaseId? ILockingCommand.Release => null;

    public string DeployedBy { get; init; } = "";

    public DateTimeOffset DeployStartedAt { get; init; }

    public bool BreaksLock { get; init; }
}

/// <summary>The deploy is over: leave the swarm, say <see cref="AgentBye"/>, exit 0.</summary>
public sealed record StopCommand : AgentCommand
{
    /// <summary>
    /// First remove old releases, as <see cref="PruneCommand"/> does but for at most <see cref="AgentProtocol.PruneMax"/>; null to leave them. What
    /// cannot be done of it is told by <see cref="AgentNotPruned"/>, and changes nothing else.
    /// </summary>
    public int? KeepReleases { get; init; }
}

/// <summary>The deploy was cancelled: leave the swarm, remove what this deploy half-wrote, say <see cref="AgentBye"/>, exit.</summary>
public sealed record AbortCommand : AgentCommand;

/// <summary>
/// Hand on the agent's own file to hosts that have none, under this path only, for a minute. Answered by <see cref="AgentOffered"/>, or by
/// <see cref="AgentFailed"/> when it cannot be.
/// </summary>
/// <param name="Path">unguessable, letters and digits</param>
/// <param name="Port">first swarm port: one is taken from the end of the range; 0 for any</param>
public sealed record OfferCommand(string Path, int Port) : AgentCommand;
