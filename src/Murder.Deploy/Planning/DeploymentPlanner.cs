using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Decides; touches nothing.</summary>
internal static class DeploymentPlanner
{
    public static DeploymentPlan Plan(DeploymentOptions options, IReadOnlyList<TargetHost> hosts, ReleaseId release, RolloutGoal goal, ulong seed, string deployedBy, DateTimeOffset startedAt) => new()
    {
        Goal = goal,
        Application = options.Application,
        Release = release,
        Hosts = hosts,
        FailedHostsMax = options.MaxFailedHosts.RoundedDown(hosts.Count),
        KeepReleases = options.KeepReleases,
        LaunchesMax = options.ConnectionsMax,
        Waves = options.Waves,
        OnFailure = options.OnFailure,
        Steps = options.Steps,
        Shared = options.Shared,
        Port = options.Port,
        SwarmSecurity = options.SwarmSecurity,
        Reach = options.Reach,
        RateLimit = options.RateLimit,
        Seed = seed,
        DeployedBy = deployedBy,
        StartedAt = startedAt,
        BreaksLock = options.BreaksLock,
        HasDashboard = options.HasDashboard,
    };
}
