using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Decides; touches nothing.</summary>
internal static class DeploymentPlanner
{
    public static DeploymentPlan Plan(DeploymentOptions options, IReadOnlyList<TargetHost> hosts, ReleaseId release, RolloutGoal goal, ulong seed, string deployedBy) => new()
    {
        Goal = goal,
        Application = options.Application,
        Release = release,
        Hosts = hosts,
        FailedHostsMax = options.MaxFailedHosts.Of(hosts.Count),
        LaunchesMax = options.ConnectionsMax,
        Port = options.Port,
        SwarmSecurity = options.SwarmSecurity,
        RateLimit = options.RateLimit,
        Seed = seed,
        DeployedBy = deployedBy,
    };
}
