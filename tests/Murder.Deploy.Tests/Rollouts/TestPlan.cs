using Murder.PeerHost.Contract;

namespace Murder.Deploy.Tests;

/// <summary>A plan to stage a release, which a test changes where it cares.</summary>
internal static class TestPlan
{
    public static DeploymentPlan For(params TargetHost[] hosts) => new()
    {
        Goal = RolloutGoal.Staged,
        Application = "web",
        Release = ReleaseId.Parse("1.0.0-20260101T000000Z-01234567"),
        Hosts = hosts,
        FailedHostsMax = 0,
        KeepReleases = 5,
        LaunchesMax = 64,
        Port = 6881,
        SwarmSecurity = SwarmSecurity.Tls,
        Seed = 1,
        DeployedBy = "me@here",
        StartedAt = default,
    };
}
