using System.Text.Json.Serialization;

namespace Murder.PeerHost.Contract;

/// <summary>Why a host was left out of a deploy. Each has a MURDER code and a remedy (Murder.Deploy, HostProblems).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HostFailure>))]
public enum HostFailure
{
    /// <summary>No TCP connection, or no answer within the deadline.</summary>
    Unreachable,

    /// <summary>known_hosts has no key for this host.</summary>
    HostKeyUnknown,

    /// <summary>known_hosts has another key for this host, or revokes this one.</summary>
    HostKeyChanged,

    /// <summary>No key of ours is accepted.</summary>
    AuthenticationFailed,

    /// <summary>The key file cannot be used: missing, unreadable, or encrypted.</summary>
    IdentityUnusable,

    /// <summary>The login gives no POSIX shell (nologin, a forced command).</summary>
    NoShell,

    /// <summary>The package has no agent for the host's operating system and processor.</summary>
    PlatformUnsupported,

    /// <summary>No folder on the host can hold and execute the agent.</summary>
    NoAgentFolder,

    /// <summary>The agent could not be brought to the host.</summary>
    AgentUploadFailed,

    /// <summary>Something answered that is not an agent of this version.</summary>
    ProtocolMismatch,

    /// <summary>The agent ended or fell silent.</summary>
    AgentLost,

    /// <summary>Somebody on the host ended the agent: another deploy that broke its lock, as a rule.</summary>
    AgentEnded,

    /// <summary>ssh's configuration of the host cannot be followed.</summary>
    ConfigUnusable,

    /// <summary>A jump host on the way to the host lets nobody in.</summary>
    JumpFailed,

    /// <summary>The login may not become root.</summary>
    SudoRefused,

    /// <summary>Another deploy holds the host's lock.</summary>
    Locked,

    /// <summary>The root cannot be made or written by this user.</summary>
    RootNotWritable,

    DiskFull,

    /// <summary>Reading or writing the release failed in another way.</summary>
    StorageFailed,

    /// <summary>The metainfo did not come through whole or is refused.</summary>
    MetainfoRefused,

    /// <summary>No swarm port is free.</summary>
    PortsTaken,

    /// <summary>No byte arrived for longer than the deadline.</summary>
    SwarmStalled,

    /// <summary>The agent answers, but its fetch made no headway for longer than the deadline: a disk that hangs.</summary>
    StagingTimedOut,

    /// <summary>A release of this id, but with other content, is on the host.</summary>
    ReleaseTaken,

    /// <summary>The release is on the host under its id, but is no longer what was staged.</summary>
    ReleaseChanged,

    /// <summary>The host's root is another application's.</summary>
    RootTaken,

    /// <summary>There is no such release on the host.</summary>
    ReleaseMissing,

    /// <summary><c>current</c> could not be switched.</summary>
    ActivationFailed,

    /// <summary>The agent answers, but not whether <c>current</c> is switched.</summary>
    ActivationTimedOut,

    /// <summary>A command before or after the switch of <c>current</c> did not end with exit code 0.</summary>
    HookFailed,

    /// <summary>systemd did not restart the service, or did not stop it.</summary>
    ServiceFailed,

    /// <summary>The health URL did not answer 2xx in time, or cannot be asked.</summary>
    Unhealthy,

    /// <summary>What releases share is not in <c>shared</c>, or is of another kind.</summary>
    SharedMissing,

    /// <summary>The release has a file of its own where a link into <c>shared</c> is to be.</summary>
    SharedTaken,

    /// <summary>The file of variables for commands cannot be read as one.</summary>
    VariablesUnusable,

    /// <summary>The command that is to give a shell on the host gave none.</summary>
    TransportFailed,

    /// <summary>The deploy was cancelled.</summary>
    Cancelled,

    /// <summary>A bug in Murder.Build.</summary>
    Bug,
}
