using Murder.PeerHost.Contract;
using NuGet.Versioning;

namespace Murder.Deploy;

/// <summary>What a deploy is to reach.</summary>
public enum RolloutGoal
{
    /// <summary>The release lies whole on every host.</summary>
    Staged,

    /// <summary>The same, and <c>current</c> points to it.</summary>
    StagedAndActive,

    /// <summary><c>current</c> points to a release that is staged already.</summary>
    Active,
}

/// <summary>What becomes of hosts that run the new release when too many have failed to.</summary>
public enum FailurePolicy
{
    /// <summary>Each goes back to what it ran.</summary>
    RollBack,

    /// <summary>All stays as it is.</summary>
    Stop,
}

/// <summary>Who can take part in the swarm of a deploy.</summary>
public enum SwarmSecurity
{
    /// <summary>Members of this deploy only, over mutual TLS.</summary>
    Tls,

    /// <summary>Any BitTorrent v2 client that knows the info-hash; nothing is encrypted.</summary>
    None,
}

/// <summary>How hosts come to the tracker and the seeder on the deploying machine.</summary>
public enum SwarmReach
{
    /// <summary>Each host as it can: it is tried.</summary>
    Auto,

    /// <summary>Over the ports of the deploying machine.</summary>
    Direct,

    /// <summary>Over the connection by which the host was reached, and nothing else: no port of the deploying machine is needed.</summary>
    Tunnel,
}

/// <summary><see cref="DeploymentSettings"/> after validation: numbers are numbers, limits are kept.</summary>
public sealed record DeploymentOptions
{
    /// <summary>Letters, digits, '.', '-', '_': a folder name and the name of the torrent.</summary>
    public required string Application { get; init; }

    public required NuGetVersion Version { get; init; }

    public required HostShare MaxFailedHosts { get; init; }

    public required IReadOnlyList<HostShare> Waves { get; init; }

    public required FailurePolicy OnFailure { get; init; }

    public required ActivationSteps Steps { get; init; }

    public required SharedPaths Shared { get; init; }

    /// <summary>Takes the locks of hosts from whoever holds them.</summary>
    public required bool BreaksLock { get; init; }

    /// <summary>A status also hashes what is active.</summary>
    public bool Verifies { get; init; }

    /// <summary>Old releases that stay on a host, beside the active one and the one before it.</summary>
    public required int KeepReleases { get; init; }

    /// <summary>SSH sessions being opened at once.</summary>
    public required int ConnectionsMax { get; init; }

    /// <summary>First swarm port on hosts; 0 lets each host's system choose.</summary>
    public required int Port { get; init; }

    public required SwarmSecurity SwarmSecurity { get; init; }

    public required SwarmReach Reach { get; init; }

    /// <summary>Null for none.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>The run is shown on a page while it lasts.</summary>
    public bool HasDashboard { get; init; }
}
