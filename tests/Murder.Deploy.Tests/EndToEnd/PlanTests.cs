using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A plan says what a deploy then finds, and leaves every host as it was.</summary>
public sealed class PlanTests
{
    [Fact]
    public async Task AFreshFleetReceivesEverythingAndNothingIsMadeForThePlan()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Waves = "1;100%", RateLimit = "8Mbit" };

        FleetPlan plan = await PlanAsync(deploy);

        Assert.True(plan.IsGood, string.Join('\n', deploy.Log));
        Assert.All(plan.Hosts, host => Assert.Equal((plan.TotalBytes, 0), (host.FetchBytes, host.ReusedBytes)));
        Assert.All(plan.Hosts, host => Assert.InRange(host.NeededBytes, plan.TotalBytes, plan.TotalBytes + 100_000)); // files end within blocks
        Assert.Equal([1, 2], plan.Waves);
        Assert.Equal([1, 2, 2], plan.Hosts.Select(host => host.Wave!.Value));
        Assert.InRange(plan.Bound!.Value.TotalSeconds, plan.TotalBytes / 1e6, 1.1 * plan.TotalBytes / 1e6);
        Assert.False(Directory.Exists(deploy.Settings.LocalDirectory));
    }

    [Fact]
    public async Task WhatAHostHoldsIsCountedAsTheDeployThenCountsIt()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Release = "1.0.0-x" };
        const string Large = "runtimes/linux-x64/native/libbig.so.1";
        string partial = Path.Combine(deploy.LocalRoot(2), "releases", "1.0.0-x.partial", Large);
        Directory.CreateDirectory(Path.GetDirectoryName(partial)!);
        File.Copy(Path.Combine(deploy.PublishDirectory, Large), partial);
        IReadOnlyList<string> before = TreeSnapshot.Of(deploy.LocalRoot(2));

        FleetPlan plan = await PlanAsync(deploy);

        Assert.Equal(before, TreeSnapshot.Of(deploy.LocalRoot(2)));
        Assert.True(plan.Hosts[1].ReusedBytes >= 3_000_000 && plan.Hosts[1].FetchBytes > 0);
        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        Assert.Equal(plan.Hosts.Select(host => host.ReusedBytes), report.Hosts.Select(host => host.ResumedBytes));

        FleetPlan again = await PlanAsync(deploy);
        Assert.All(again.Hosts, host => Assert.Equal((0, 0, "1.0.0-x"), (host.FetchBytes, host.NeededBytes, host.Current)));
        Assert.Equal(TimeSpan.Zero, again.Bound);

        FleetPlan renamed = await PlanAsync(deploy, release: "1.0.1-x");
        Assert.All(renamed.Hosts, host => Assert.Equal((0, plan.Hosts[0].NeededBytes), (host.FetchBytes, host.NeededBytes))); // it is copied
    }

    [RootFact]
    public async Task WhatStandsInTheWayIsNamedByHostWithTheCodesOfADeploy()
    {
        using DeployFixture deploy = new();
        Directory.CreateDirectory(Path.Combine(deploy.LocalRoot(1), "current"));
        using SmallDisk small = new(deploy.LocalRoot(2), "size=1m");
        using SmallDisk readOnly = new(deploy.LocalRoot(3), "ro");

        FleetPlan plan = await PlanAsync(deploy);

        Assert.False(plan.IsGood);
        Assert.Equal(["MURDER0502", "MURDER0403", "MURDER0402"], plan.Hosts.Select(host => Assert.Single(host.Problems).Code));
        Assert.Contains(deploy.Problems, problem => problem.Code == "MURDER0610");
        Assert.Contains(deploy.Problems, problem => problem.Code == "MURDER0403" && problem.Text.Contains("local02", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(deploy.LocalRoot(2)));
    }

    [Fact]
    public async Task OverSshHostsAreAskedWhereTheyCanBeAndNothingComesToTheirRoots()
    {
        using DeployFixture deploy = new();
        using LoopbackSshd sshd = LoopbackSshd.Start();
        deploy.PackAgent();
        deploy.Settings = deploy.Settings with
        {
            Hosts = "web1 web2 away",
            KnownHosts = sshd.KnownHostsPath,
            HostItems = [deploy.HostOver(sshd, "web1"), deploy.HostOver(sshd, "web2"), deploy.HostOver(sshd, "away") with { Port = "1" }],
        };

        FleetPlan plan = await PlanAsync(deploy);

        Assert.False(plan.IsGood);
        Assert.Equal([null, null, "MURDER0301"], plan.Hosts.Select(host => host.Problems.SingleOrDefault()?.Code));
        Assert.Equal([1, 1, null], plan.Hosts.Select(host => host.Wave));
        Assert.Equal([plan.TotalBytes, plan.TotalBytes, 0], plan.Hosts.Select(host => host.FetchBytes));
        Assert.Empty(plan.Gaps);
        Assert.Null(plan.BitsPerSecond); // loopback has no speed
        Assert.All(plan.Hosts, host => Assert.False(Directory.Exists(deploy.RootOver(host.Name))));
    }

    [Fact]
    public async Task AHostThatMayFailIsOnlyAWarning()
    {
        using DeployFixture deploy = new();
        Directory.CreateDirectory(Path.Combine(deploy.LocalRoot(1), "current"));
        deploy.Settings = deploy.Settings with { MaxFailedHosts = "1" };

        FleetPlan plan = await PlanAsync(deploy);

        Assert.True(plan.IsGood);
        Assert.Equal([null, 1, 1], plan.Hosts.Select(host => host.Wave));
        Assert.Equal("MURDER1601", Assert.Single(deploy.Problems).Code);
    }

    private static Task<FleetPlan> PlanAsync(DeployFixture deploy, string? release = null) =>
        Deployment.PlanAsync(release is null ? deploy.Settings : deploy.Settings with { Release = release }, deploy, CancellationToken.None);
}
