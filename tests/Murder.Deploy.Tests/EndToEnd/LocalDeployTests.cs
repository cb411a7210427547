using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The whole path with real agents as child processes.</summary>
public sealed class LocalDeployTests
{
    [Fact]
    public async Task EveryHostHoldsTheReleaseAsItWasPublishedAndItIsCurrent()
    {
        using DeployFixture deploy = new();

        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
        Assert.Empty(deploy.Problems);
        Assert.False(ProcessTree.IsRunning(deploy.SeederProcess!.Value));
        Assert.True(report.SeederUploadedBytes >= report.TotalBytes);
        IReadOnlyList<string> expected = TreeSnapshot.Of(deploy.PublishDirectory);
        for (int number = 1; number <= 3; number++)
        {
            string root = deploy.LocalRoot(number);
            Assert.Equal($"releases/{report.Release}", new FileInfo(Path.Combine(root, "current")).LinkTarget);
            Assert.Equal(expected, TreeSnapshot.Of(Path.Combine(root, "current/")));
            Assert.Single(Directory.GetDirectories(Path.Combine(root, "releases")));
        }

        Assert.All(report.Hosts, host => Assert.InRange(report.SeederFirstByteSeconds!.Value, report.Hosts.Min(other => other.ReadySeconds!.Value), host.StagedSeconds!.Value));
        Assert.True(File.Exists(Path.Combine(deploy.Settings.ReportDirectory, "report.json")));
    }

    [Fact]
    public async Task ASecondDeployMakesASecondRelease()
    {
        using DeployFixture deploy = new();
        DeploymentReport first = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        deploy.Directory.Write("publish/new.txt", "new"u8);

        DeploymentReport second = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.NotEqual(first.Release, second.Release);
        Assert.All(second.Hosts, host => Assert.Equal(first.Release, host.PreviousRelease));
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(deploy.LocalRoot(1), "releases")).Length);
        Assert.Equal(TreeSnapshot.Of(deploy.PublishDirectory), TreeSnapshot.Of(Path.Combine(deploy.LocalRoot(2), "current/")));
    }

    [Fact]
    public async Task TheSameContentIsNotFetchedTwice()
    {
        using DeployFixture deploy = new();
        await Deployment.DeployAsync(deploy.Settings, activate: false, deploy, CancellationToken.None);

        DeploymentReport again = await Deployment.DeployAsync(deploy.Settings with { Release = "1.2.3-again" }, activate: true, deploy, CancellationToken.None);

        Assert.True(again.Succeeded, string.Join('\n', deploy.Log));
        Assert.All(again.Hosts, host => Assert.Equal((again.TotalBytes, 0), (host.ResumedBytes, host.DownloadedBytes)));
        Assert.Equal(0, again.SeederUploadedBytes);
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(deploy.LocalRoot(1), "releases")).Length);
    }

    [Fact]
    public async Task ARunThatIsRepeatedTouchesOnlyHostsThatAreNotWhereItWantsThem()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { AfterActivate = "echo touched >>\"$MURDER_ROOT/log\"" };
        DeploymentReport first = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        File.Delete(Path.Combine(deploy.LocalRoot(2), "current"));

        DeploymentReport second = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.Equal(first.Release, second.Release);
        Assert.Equal([1, 2, 1], new[] { 1, 2, 3 }.Select(number => File.ReadAllLines(Path.Combine(deploy.LocalRoot(number), "log")).Length));
        Assert.Contains("activated 3/3; 2 ran it already and were left alone", deploy.Log);

        DeploymentReport third = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        Assert.Equal(first.Release, third.Release);
        Assert.Contains("activated 3/3; all ran it already and were left alone", deploy.Log);
    }

    [Fact]
    public async Task OldReleasesGoWhenADeployHasSucceededAndWhenTheyAreToldTo()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { KeepReleases = "1" };
        async Task DeployAsync(string release) =>
            Assert.True((await Deployment.DeployAsync(deploy.Settings with { Release = release }, activate: true, deploy, CancellationToken.None)).Succeeded, string.Join('\n', deploy.Log));
        IEnumerable<string> Releases() => new DirectoryInfo(Path.Combine(deploy.LocalRoot(2), "releases")).EnumerateDirectories().Select(folder => folder.Name).Order(StringComparer.Ordinal);

        foreach (string release in new[] { "1-a", "1-b", "1-c", "1-d" })
        {
            await DeployAsync(release);
        }

        Assert.Equal(["1-b", "1-c", "1-d"], Releases());

        IReadOnlyList<HostPruning> pruned = await Deployment.PruneAsync(deploy.Settings with { KeepReleases = "0" }, deploy, CancellationToken.None);

        Assert.Equal(["1-c", "1-d"], Releases());
        Assert.All(pruned, host => Assert.Equal(["1-b"], host.Removed));
        Assert.All(pruned, host => Assert.True(host.FreedBytes > 3_000_000 && host.Problem is null));
    }

    [Fact]
    public async Task WhatReleasesShareSurvivesThemAndAHostThatLacksItIsNamedBeforeAnyIsChanged()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Shared = "appsettings.Local.json;logs/", BeforeActivate = "cat appsettings.Local.json >>logs/seen; echo $MURDER_APPLICATION >>logs/seen", Waves = "1;100%" };
        foreach (int number in new[] { 1, 2 })
        {
            Directory.CreateDirectory(Path.Combine(deploy.LocalRoot(number), "shared"));
            File.WriteAllText(Path.Combine(deploy.LocalRoot(number), "shared/appsettings.Local.json"), "local ");
        }

        DeploymentReport lacking = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        Assert.Equal([HostState.Staged, HostState.Staged, HostState.Failed], lacking.Hosts.Select(host => host.State));
        Assert.Equal(["MURDER0507", "MURDER0601"], deploy.Problems.Select(problem => problem.Code));
        Assert.False(Directory.Exists(Path.Combine(deploy.LocalRoot(1), "shared/logs")));

        Directory.CreateDirectory(Path.Combine(deploy.LocalRoot(3), "shared"));
        File.WriteAllText(Path.Combine(deploy.LocalRoot(3), "shared/appsettings.Local.json"), "local ");
        DeploymentReport first = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        deploy.Directory.Write("publish/new.txt", "new"u8);
        DeploymentReport second = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        DeploymentReport again = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.All([first, second, again], report => Assert.True(report.Succeeded, string.Join('\n', deploy.Log)));
        Assert.NotEqual(first.Release, second.Release);
        Assert.Equal(second.Release, again.Release);
        for (int number = 1; number <= 3; number++)
        {
            Assert.Equal("local web\nlocal web\n", File.ReadAllText(Path.Combine(deploy.LocalRoot(number), "current/logs/seen")));
        }
    }

    [Fact]
    public async Task StagingChangesNothingARunningServiceCanSeeAndActivationFollowsLater()
    {
        using DeployFixture deploy = new();

        DeploymentReport staged = await Deployment.DeployAsync(deploy.Settings, activate: false, deploy, CancellationToken.None);

        Assert.True(staged.Succeeded);
        Assert.False(File.Exists(Path.Combine(deploy.LocalRoot(1), "current")));
        IReadOnlyList<HostReport> activated = (await Deployment.ActivateAsync(deploy.Settings with { Release = staged.Release }, isRollback: false, deploy, CancellationToken.None)).Hosts;
        Assert.All(activated, host => Assert.Equal(HostState.Active, host.State));
        Assert.Equal($"releases/{staged.Release}", new FileInfo(Path.Combine(deploy.LocalRoot(1), "current")).LinkTarget);
    }

    [Fact]
    public async Task ActivatingAReleaseThatIsNotThereNamesTheHostsAndChangesNothing()
    {
        using DeployFixture deploy = new();

        IReadOnlyList<HostReport> hosts = (await Deployment.ActivateAsync(deploy.Settings with { Release = "1.0.0-20260101T000000Z-00000000" }, isRollback: false, deploy, CancellationToken.None)).Hosts;

        Assert.All(hosts, host => Assert.Equal(HostFailure.ReleaseMissing, host.Failure));
        Assert.False(File.Exists(Path.Combine(deploy.LocalRoot(1), "current")));
    }

    [Fact]
    public async Task StatusTellsWhatEveryHostHolds()
    {
        using DeployFixture deploy = new();
        DeploymentReport first = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        deploy.Directory.Write("publish/new.txt", "new"u8);
        DeploymentReport second = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        IReadOnlyList<HostStatus> hosts = await Deployment.StatusAsync(deploy.Settings, deploy, CancellationToken.None);

        Assert.Equal(3, hosts.Count);
        Assert.All(hosts, host =>
        {
            Assert.Null(host.Problem);
            Assert.Equal(second.Release, host.Current);
            Assert.Equal(first.Release, host.Previous);
            Assert.Equal([first.Release, second.Release], host.Staged);
            Assert.Empty(host.Partial);
            Assert.Null(host.LockedBy);
            Assert.True(host.FreeBytes > 0);
        });
    }

    [Fact]
    public async Task AWrongRequestIsRefusedWithAllItsProblemsAndTouchesNothing()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Hosts = "prod", Port = "none" };

        DeploymentException refusal = await Assert.ThrowsAsync<DeploymentException>(
            () => Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None));

        Assert.Contains(refusal.Problems, problem => problem.Code == "MURDER0010");
        Assert.Contains(refusal.Problems, problem => problem.Code.StartsWith("MURDER01", StringComparison.Ordinal) && problem.Text.Contains("prod", StringComparison.Ordinal));
        Assert.False(Directory.Exists(deploy.Settings.LocalDirectory));
    }

    [Fact]
    public async Task AReportThatCannotBeWrittenIsOnlyWarnedOf()
    {
        using DeployFixture deploy = new();
        deploy.Directory.Write("report", "a file is in the way"u8);

        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.True(report.Succeeded);
        Assert.Equal("MURDER1603", Assert.Single(deploy.Problems).Code);
    }

    [Fact]
    public async Task ATorrentThatCannotBeWrittenIsSaidToBeOne()
    {
        using DeployFixture deploy = new();
        string path = Path.Combine(deploy.Directory.Write("in-the-way", ""u8), "web.torrent");

        DeploymentException refusal = await Assert.ThrowsAsync<DeploymentException>(() => Deployment.WriteTorrentAsync(deploy.Settings, path, deploy, CancellationToken.None));

        Assert.Equal("MURDER0212", Assert.Single(refusal.Problems).Code);
    }

    [Fact]
    public async Task CancellationLeavesNoAgentNoLockAndNoHalfWrittenRelease()
    {
        using DeployFixture deploy = new(largeFileBytes: 200_000_000);
        using CancellationTokenSource cancel = new();

        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, cancel.Token);
        await Eventually.TrueAsync(() => Directory.Exists(Path.Combine(deploy.LocalRoot(1), "releases"))
            && Directory.GetDirectories(Path.Combine(deploy.LocalRoot(1), "releases"), "*.partial").Length > 0);
        int?[] agents = [];
        await Eventually.TrueAsync(() => (agents = [deploy.AgentOf(1), deploy.AgentOf(2), deploy.AgentOf(3)]).All(agent => agent is not null));
        Assert.All(agents, agent => Assert.True(ProcessTree.IsRunning(agent!.Value)));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.DoesNotContain(agents.Append(deploy.SeederProcess), agent => ProcessTree.IsRunning(agent!.Value));
        for (int number = 1; number <= 3; number++)
        {
            string releases = Path.Combine(deploy.LocalRoot(number), "releases");
            Assert.False(Directory.Exists(releases) && Directory.GetDirectories(releases, "*.partial").Length > 0, releases);
            Assert.False(File.Exists(Path.Combine(deploy.LocalRoot(number), "current")));
        }

        IReadOnlyList<HostStatus> after = await Deployment.StatusAsync(deploy.Settings, deploy, CancellationToken.None);
        Assert.All(after, host => Assert.Null(host.LockedBy));
    }
}
