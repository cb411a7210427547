using System.Globalization;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A disk on which a release has no room is known before any byte of it is sent: to the plan, and to the deploy itself.</summary>
public sealed class SmallDiskTests
{
    [RootFact]
    public async Task PlanAndDeployAgreeOnWhichDisksAreTooSmallAndThoseThatAreNotDo()
    {
        using DeployFixture deploy = new(largeFileBytes: 1_000_000);
        for (int file = 0; file < 300; file++)
        {
            File.WriteAllText(Path.Combine(deploy.PublishDirectory, $"small{file}.txt"), $"{file}"); // 300 blocks, though only 1 kB
        }

        deploy.Settings = deploy.Settings with { Hosts = "local:4", MaxFailedHosts = "3" };
        FleetPlan roomy = await PlanAsync(deploy);
        long needed = roomy.Hosts[0].NeededBytes;
        Assert.True(needed > roomy.TotalBytes + (290 * 4096));
        using SmallDisk tooSmall = new(deploy.LocalRoot(1), Size(needed - 4096));
        using SmallDisk enough = new(deploy.LocalRoot(2), Size(needed + (16 * 4096)));
        using SmallDisk tooFewInodes = new(deploy.LocalRoot(3), "size=100m,nr_inodes=100");
        using SmallDisk bytesOnly = new(deploy.LocalRoot(4), Size(roomy.TotalBytes + (16 * 4096)));

        FleetPlan plan = await PlanAsync(deploy);

        Assert.Equal(["MURDER0403", null, "MURDER0403", "MURDER0403"], plan.Hosts.Select(host => host.Problems.SingleOrDefault()?.Code));
        Assert.Empty(Directory.EnumerateFileSystemEntries(deploy.LocalRoot(1)));
        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
        Assert.Equal([HostFailure.DiskFull, null, HostFailure.DiskFull, HostFailure.DiskFull], report.Hosts.Select(host => host.Failure));
        Assert.All(report.Hosts.Where(host => host.Failure is not null), host => Assert.Equal(0, host.DownloadedBytes));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(deploy.LocalRoot(1), "releases")));
        Assert.Equal(TreeSnapshot.Of(deploy.PublishDirectory), TreeSnapshot.Of(Path.Combine(deploy.LocalRoot(2), "releases", report.Release)));
    }

    [RootFact]
    public async Task WhatIsThereAlreadyNeedsNoRoomAndWhatIsToBeCopiedDoes()
    {
        using DeployFixture deploy = new(largeFileBytes: 1_000_000);
        deploy.Settings = deploy.Settings with { Hosts = "local:1", Release = "1.0.0-x" };
        long needed = (await PlanAsync(deploy)).Hosts[0].NeededBytes;
        using SmallDisk small = new(deploy.LocalRoot(1), Size(needed + (16 * 4096)));
        Assert.True((await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None)).Succeeded);

        Assert.True((await PlanAsync(deploy)).IsGood); // it is there, and runs
        Assert.True((await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None)).Succeeded);

        deploy.Settings = deploy.Settings with { Release = "1.0.1-x" };
        Assert.Equal("MURDER0403", Assert.Single((await PlanAsync(deploy)).Hosts[0].Problems).Code);
        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        Assert.Equal(HostFailure.DiskFull, report.Hosts[0].Failure);
        Assert.Equal("releases/1.0.0-x", new FileInfo(Path.Combine(deploy.LocalRoot(1), "current")).LinkTarget);
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"size={bytes}");

    private static Task<FleetPlan> PlanAsync(DeployFixture deploy) => Deployment.PlanAsync(deploy.Settings, deploy, CancellationToken.None);
}
