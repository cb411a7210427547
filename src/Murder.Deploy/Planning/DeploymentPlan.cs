using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Every decision that can be made before a host is touched. Does not change after it is made.</summary>
public sealed record DeploymentPlan
{
    public required RolloutGoal Goal { get; init; }

    public required string Application { get; init; }

    public required ReleaseId Release { get; init; }

    /// <summary>In the order in which they are begun and reported.</summary>
    public required IReadOnlyList<TargetHost> Hosts { get; init; }

    /// <summary>Hosts that may fail before the deploy does.</summary>
    public required int FailedHostsMax { get; init; }

    /// <summary>How many hosts run the release after each wave, of those that are staged.</summary>
    public IReadOnlyList<HostShare> Waves { get; init; } = [HostShare.All];

    public FailurePolicy OnFailure { get; init; } = FailurePolicy.RollBack;

    /// <summary>The release was active before: hosts write its activation down as a way back, and run no command before it.</summary>
    public bool IsRollback { get; init; }

    /// <summary>What an activation does besides switching <c>current</c>.</summary>
    public ActivationSteps Steps { get; init; } = ActivationSteps.None;

    /// <summary>What an activated release has links to, so that it survives the release.</summary>
    public SharedPaths Shared { get; init; } = SharedPaths.None;

    /// <summary>Old releases that stay on a host, beside the active one and the one before it.</summary>
    public required int KeepReleases { get; init; }

    /// <summary>Hosts that are being connected to and bootstrapped at once.</summary>
    public required int LaunchesMax { get; init; }

    /// <summary>First swarm port on the hosts. Local hosts share one machine, so theirs are chosen by the system.</summary>
    public required int Port { get; init; }

    public required SwarmSecurity SwarmSecurity { get; init; }

    public SwarmReach Reach { get; init; }

    /// <summary>Of every host and of the seeder, each way; null for none.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>First port of the seeder on this machine: where firewalls have been opened for the swarm; any, when only local hosts come.</summary>
    public int SeederPort => Hosts.All(host => host.IsLocal) ? 0 : Port;

    /// <summary>Everything random in the deploy derives from it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Who deploys, for the hosts' locks and audit logs: see <see cref="DeployerIdentity"/>.</summary>
    public required string DeployedBy { get; init; }

    /// <summary>By this machine's clock. Of two deploys to the same hosts the one that began first goes before.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Takes the locks of hosts from whoever holds them.</summary>
    public bool BreaksLock { get; init; }

    /// <summary>The run is shown on a page while it lasts.</summary>
    public bool HasDashboard { get; init; }
}
