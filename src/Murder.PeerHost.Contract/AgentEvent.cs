using System.Text.Json.Serialization;

namespace Murder.PeerHost.Contract;

/// <summary>What an agent tells the deployer.</summary>
public abstract record AgentEvent;

/// <summary>The agent runs. The first line of the channel.</summary>
/// <param name="Sha256">of the agent's own file, 64 hexadecimal digits; empty for a framework-dependent agent</param>
/// <param name="Rid">as <c>linux-x64</c></param>
/// <param name="DeployerAddress">from where the deployer reached this host, as the host saw it (SSH_CONNECTION); null for a local agent</param>
/// <param name="HostAddress">the address at which the deployer reached this host; null for a local agent</param>
public sealed record AgentHello(int Protocol, string Version, int ProcessId, string Sha256, string Rid, int Cores, string? DeployerAddress, string? HostAddress) : AgentEvent
{
    /// <summary>Of the network link at which the deployer reached the host; null when it does not tell, as virtual ones often do not, and for a local agent.</summary>
    public long? LinkBitsPerSecond { get; init; }

    /// <summary>Of the agent's file on the host, for a second process of it there; null for a local agent.</summary>
    public string? Path { get; init; }

    /// <summary>An address of the host's own network, for where <see cref="HostAddress"/> is none that others know; null when it has none but loopback.</summary>
    public string? OwnAddress { get; init; }
}

public sealed record AgentPong(long Sequence) : AgentEvent;

/// <summary>Sizes in bytes of payload.</summary>
/// <param name="ResumedBytes">verified bytes that were on disk before the swarm was joined</param>
public sealed record AgentProgress(long VerifiedBytes, long TotalBytes, long ResumedBytes, long DownloadedBytes, long UploadedBytes, int Peers) : AgentEvent
{
    /// <summary>Of the downloaded bytes, those that came from hosts of other zones.</summary>
    public long DownloadedBytesAcrossZones { get; init; }
}

/// <summary>An announce for the deployer's tracker, which answers by <see cref="AnnouncedCommand"/>: from a host that does not reach the tracker.</summary>
/// <param name="Query">as after the '?' of an announce URL (BEP 3)</param>
public sealed record AgentAnnounce(long Sequence, string Query) : AgentEvent;

/// <summary>What an agent does beside the swarm: it may take minutes in which nothing is fetched.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AgentWork>))]
public enum AgentWork
{
    /// <summary>Copying another release of the same content.</summary>
    Copying,

    /// <summary>Hashing what lay there before.</summary>
    Checking,

    /// <summary>Waiting until the whole release is on disk.</summary>
    Syncing,

    /// <summary>Carrying out the steps of an activation.</summary>
    Activating,
}

/// <summary>
/// Said when work on the disk begins and as it gets on, so that a slow disk can be told from one that hangs; and every few seconds of an
/// activation, which is at the mercy of the release's own commands.
/// </summary>
/// <param name="Done">pieces that are checked, or files that are copied or synced; 0 at the beginning. Of an activation, the seconds it has taken.</param>
public sealed record AgentWorking(AgentWork Work, long Done) : AgentEvent;

/// <summary>A peer sent a block whose hash was wrong and will not be spoken to again.</summary>
public sealed record AgentPeerBanned(string Endpoint, string Detail) : AgentEvent;

/// <summary>The release is whole, verified, synced, and under its final name.</summary>
public sealed record AgentStaged(ReleaseId Release, double Seconds, long ResumedBytes, long DownloadedBytes, long UploadedBytes, long WastedBytes) : AgentEvent
{
    /// <summary>Of the downloaded bytes, those that came from hosts of other zones.</summary>
    public long DownloadedBytesAcrossZones { get; init; }
}

/// <summary>The seeder listens.</summary>
/// <param name="PortsTaken">why on none of the ports that it was to try but on another, in the system's words; null when it is one of them</param>
public sealed record AgentSeeding(int Port, string? PortsTaken) : AgentEvent;

/// <summary>How much the seeder has sent.</summary>
/// <param name="UploadedBytes">of payload</param>
/// <param name="FirstByteTimestamp">when the first of them left, as <see cref="System.Diagnostics.Stopwatch"/> counts on this machine, for every process alike; null when none has</param>
public sealed record AgentUploaded(long UploadedBytes, long? FirstByteTimestamp) : AgentEvent;

/// <summary>Nobody else changes the root until this agent leaves, and the release can be activated.</summary>
public sealed record AgentLocked : AgentEvent;

/// <summary><c>current</c> points to the release from now on, or did so already; the steps that follow the switch begin.</summary>
/// <param name="Release">null when <c>current</c> is removed</param>
/// <param name="Previous">
/// what the host ran before this release and would go back to, also when <c>current</c> pointed to the release already (an earlier deploy ended
/// half-way); null when there is nothing
/// </param>
/// <param name="WasActive"><c>current</c> pointed to the release already</param>
/// <param name="WasSettled">and every step of an earlier activation had been done: what the host ran before this order is the release itself</param>
public sealed record AgentSwitched(ReleaseId? Release, string? Previous, bool WasActive = false, bool WasSettled = false) : AgentEvent;

/// <summary>Every step of the activation is done.</summary>
/// <param name="Release">null when nothing is active any more</param>
/// <param name="WasDone">by an earlier activation: the release ran and was healthy, and nothing was touched</param>
public sealed record AgentActivated(ReleaseId? Release, bool WasDone = false) : AgentEvent;

/// <param name="Current">null when no release is active</param>
/// <param name="Previous">the release that was active before it, by the audit log; null when there is none</param>
/// <param name="Staged">all whole releases, oldest first</param>
/// <param name="LockedBy">who holds the lock now; null when it is free</param>
public sealed record AgentStatus(string? Current, string? Previous, IReadOnlyList<string> Staged, IReadOnlyList<string> Partial, long FreeBytes, string? LockedBy) : AgentEvent
{
    /// <summary>Not all steps of the last activation were done: whether the release serves is not known.</summary>
    public bool IsUnfinished { get; init; }

    /// <summary>Null when it was not asked for, or no release is active.</summary>
    public ReleaseVerification? Verification { get; init; }
}

/// <summary>What a deploy of a release would meet on the host. Sizes in bytes.</summary>
public sealed record AgentSurveyed : AgentEvent
{
    public required long FetchBytes { get; init; }

    /// <summary>Bytes of the release that are there already and have the right hash.</summary>
    public required long ReusedBytes { get; init; }

    /// <summary>What the release will take of the disk beyond what is there.</summary>
    public required long NeededBytes { get; init; }

    public required long FreeBytes { get; init; }

    /// <summary>Null when no release is active.</summary>
    public required string? Current { get; init; }

    /// <summary>On which the agent listens; 0 when none is free.</summary>
    public required int Port { get; init; }

    /// <summary>Why a deploy would fail on this host.</summary>
    public required IReadOnlyList<SurveyFinding> Findings { get; init; }
}

/// <param name="Detail">one sentence that names the thing</param>
public sealed record SurveyFinding(HostFailure Failure, string Detail);

/// <param name="Unreached">empty when all were reached</param>
public sealed record AgentReached(IReadOnlyList<SurveyUnreached> Unreached) : AgentEvent;

public sealed record SurveyUnreached(string Endpoint, string Reason);

/// <param name="Removed">releases, half ones with their suffix</param>
public sealed record AgentPruned(IReadOnlyList<string> Removed, long FreedBytes) : AgentEvent;

/// <summary>The deploy is done, and old releases that were to go with <see cref="StopCommand"/> are still there, or half there.</summary>
/// <param name="Detail">one sentence that names the thing</param>
public sealed record AgentNotPruned(string Detail) : AgentEvent;

/// <summary>
/// The command could not be carried out. Nothing that was live has changed, unless <see cref="AgentSwitched"/> was said before: then
/// <c>current</c> points where that said, and a step after the switch failed. The agent goes on listening.
/// </summary>
/// <param name="Detail">one sentence that names the thing</param>
public sealed record AgentFailed(HostFailure Failure, string Detail) : AgentEvent;

/// <summary>The last line. The process exits after it.</summary>
public sealed record AgentBye : AgentEvent;

/// <summary>The agent's file can be had at this port, compressed with gzip.</summary>
public sealed record AgentOffered(int Port) : AgentEvent;
