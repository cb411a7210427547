using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>One host goes wrong: it is named, the others are staged, nothing is activated.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task AnUnreachableHostAndOneWithAWrongKeyAreNamedWhileTheOthersAreStaged()
    {
        using DeployFixture deploy = new();
        using LoopbackSshd good = LoopbackSshd.Start();
        using LoopbackSshd impostor = LoopbackSshd.Start();
        string knownHosts = deploy.Directory.Write("known_hosts", [.. File.ReadAllBytes(good.KnownHostsPath), .. Utf8(good.KnownHostsLine("ed25519", $"[127.0.0.1]:{impostor.Port}") + "\n")]);
        deploy.PackAgent();
        deploy.Settings = deploy.Settings with
        {
            Hosts = "good impostor away local:1",
            KnownHosts = knownHosts,
            HostItems = [deploy.HostOver(good, "good"), deploy.HostOver(impostor, "impostor"), deploy.HostOver(good, "away") with { Port = "1" }],
        };

        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.False(report.Succeeded);
        Assert.Equal(
            ["good Staged ", "impostor Failed HostKeyChanged", "away Failed Unreachable", "local01 Staged "],
            report.Hosts.Select(host => $"{host.Name} {host.State} {host.Failure}"));
        Assert.Equal(["MURDER0303", "MURDER0301", "MURDER0601"], deploy.Problems.Select(problem => problem.Code));
        Assert.Equal(TreeSnapshot.Of(deploy.PublishDirectory), TreeSnapshot.Of(deploy.Directory.Combine("root-good", "releases", report.Release)));
        Assert.False(File.Exists(deploy.Directory.Combine("root-good", "current")));
        Assert.False(Directory.Exists(deploy.Directory.Combine("root-impostor")));
    }

    [Fact]
    public async Task AsManyHostsAsAllowedMayBeMissingAndAreWarnedOf()
    {
        using DeployFixture deploy = new();
        deploy.PackAgent();
        deploy.Settings = deploy.Settings with { Hosts = "local:2 root@127.0.0.1:1", MaxFailedHosts = "1" };

        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
        Assert.Equal("MURDER1601", Assert.Single(deploy.Problems).Code);
        Assert.Equal(2, report.Hosts.Count(host => host.State == HostState.Active));
    }

    [Fact]
    public async Task AFullDiskOnOneHostFailsThatHostOnly()
    {
        using DeployFixture deploy = new(largeFileBytes: 3_000_000);
        string root = Directory.CreateDirectory(deploy.LocalRoot(2)).FullName;
        Command.Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", root);
        try
        {
            DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

            Assert.False(report.Succeeded);
            Assert.Equal(["Staged", "Failed", "Staged"], report.Hosts.Select(host => host.State.ToString()));
            Assert.Equal(HostFailure.DiskFull, report.Hosts[1].Failure);
            Assert.Equal("MURDER0403", report.Hosts[1].Code);
        }
        finally
        {
            Command.Run("umount", root);
        }
    }

    [Fact]
    public async Task ADeployThatMeetsAnotherEndsBeforeItChangedAnythingAndSaysWhoHasTheHosts()
    {
        using DeployFixture one = new();
        using DeployFixture two = new();
        one.Settings = one.Settings with { Release = "1.0.0-one", AfterActivate = "sleep 10" };
        Task<DeploymentReport> first = Deployment.DeployAsync(one.Settings, activate: true, one, CancellationToken.None);
        await Eventually.TrueAsync(() => Enumerable.Range(1, 3).All(number => one.AgentOf(number) is not null));

        DeploymentReport second = await DeployAsync(two, rootsOf: one, "1.0.0-two");

        Assert.False(second.Succeeded);
        Assert.Contains(two.Problems, problem => problem.Code == "MURDER0401" && problem.Text.Contains($"{DeployerIdentity.Describe()} (release 1.0.0-one, ", StringComparison.Ordinal));
        Assert.Contains(two.Problems, problem => problem.Code == "MURDER0609");
        Assert.True((await first).Succeeded);
        Assert.Equal(["releases/1.0.0-one"], CurrentsOf(one, 3).Distinct());
    }

    /// <summary>Whichever comes first to which host, and whether one gives way or both come through one after the other.</summary>
    [Fact]
    public async Task DeploysThatStartAtOnceNeverLeaveAFleetOnTwoReleases()
    {
        using DeployFixture one = new();
        using DeployFixture two = new();
        one.Settings = one.Settings with { Hosts = "local:5", Release = "1.0.0-one" };
        two.Settings = two.Settings with { Hosts = "local:5" };

        DeploymentReport[] reports = await Task.WhenAll(
            Deployment.DeployAsync(one.Settings, activate: true, one, CancellationToken.None),
            DeployAsync(two, rootsOf: one, "1.0.0-two"));

        Assert.Contains(reports, report => report.Succeeded);
        Assert.Single(CurrentsOf(one, 5).Distinct());
    }

    /// <summary>Nothing is fetched then, so each host is locked for itself, before any is changed.</summary>
    [Fact]
    public async Task ActivationsThatStartAtOnceNeverLeaveAFleetOnTwoReleases()
    {
        using DeployFixture one = new();
        using DeployFixture two = new();
        one.Settings = one.Settings with { Hosts = "local:5", BeforeActivate = "sleep 0.1" };
        two.Settings = one.Settings with { PublishDirectory = two.PublishDirectory, AgentDirectory = two.Settings.AgentDirectory };
        await Deployment.DeployAsync(one.Settings with { Release = "1.0.0-one" }, activate: false, one, CancellationToken.None);
        await Deployment.DeployAsync(two.Settings with { Release = "1.0.0-two" }, activate: false, two, CancellationToken.None);

        DeploymentReport[] ends = await Task.WhenAll(
            Deployment.ActivateAsync(one.Settings with { Release = "1.0.0-one" }, isRollback: false, one, CancellationToken.None),
            Deployment.ActivateAsync(two.Settings with { Release = "1.0.0-two" }, isRollback: false, two, CancellationToken.None));

        Assert.Contains(ends, end => end.Succeeded);
        Assert.Single(CurrentsOf(one, 5).Distinct());
    }

    [Fact]
    public async Task AnActivationThatMeetsADeployEndsBeforeItChangedAnythingAndSaysWhoHasTheHosts()
    {
        using DeployFixture deploy = new();
        await Deployment.DeployAsync(deploy.Settings with { Release = "1.0.0-staged" }, activate: false, deploy, CancellationToken.None);
        using DeployFixture other = new();
        Task<DeploymentReport> running = DeployAsync(other, rootsOf: deploy, "1.0.0-other", afterActivate: "sleep 10");
        await Eventually.TrueAsync(() => Enumerable.Range(1, 3).All(number => deploy.AgentOf(number) is not null));

        DeploymentReport activation = await Deployment.ActivateAsync(deploy.Settings with { Release = "1.0.0-staged" }, isRollback: false, deploy, CancellationToken.None);

        Assert.False(activation.Succeeded);
        Assert.Contains(deploy.Problems, problem => problem.Code == "MURDER0401" && problem.Text.Contains("(release 1.0.0-other, ", StringComparison.Ordinal));
        Assert.Contains(deploy.Problems, problem => problem.Code == "MURDER0609");
        Assert.True((await running).Succeeded);
        Assert.Equal(["releases/1.0.0-other"], CurrentsOf(deploy, 3).Distinct());
    }

    private static Task<DeploymentReport> DeployAsync(DeployFixture deploy, DeployFixture rootsOf, string release, string afterActivate = "") =>
        Deployment.DeployAsync(deploy.Settings with { Release = release, AfterActivate = afterActivate, StateDirectory = rootsOf.Settings.StateDirectory }, activate: true, deploy, CancellationToken.None);

    private static IEnumerable<string?> CurrentsOf(DeployFixture deploy, int hosts) =>
        Enumerable.Range(1, hosts).Select(number => new FileInfo(Path.Combine(deploy.LocalRoot(number), "current")).LinkTarget);

    [Fact]
    public async Task AnAgentKilledInMidTransferLosesItsHostOnlyAndTheNextDeployUsesWhatItHad()
    {
        using DeployFixture deploy = new(largeFileBytes: 300_000_000);
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        string releases = Path.Combine(deploy.LocalRoot(2), "releases");
        await Eventually.TrueAsync(() => Directory.Exists(releases) && BytesIn(releases) > 10_000_000);
        ProcessTree.Kill(deploy.AgentOf(2)!.Value);

        DeploymentReport report = await running;

        Assert.Equal(["Staged", "Failed", "Staged"], report.Hosts.Select(host => host.State.ToString()));
        Assert.Equal(HostFailure.AgentLost, report.Hosts[1].Failure);

        DeploymentReport again = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.True(again.Succeeded, string.Join('\n', deploy.Log));
        Assert.True(again.Hosts[1].ResumedBytes > 0, "what the killed agent had verified was not used");
        Assert.Empty(Directory.GetDirectories(releases, "*.partial"));
        Assert.Equal(TreeSnapshot.Of(deploy.PublishDirectory), TreeSnapshot.Of(Path.Combine(deploy.LocalRoot(2), "current/")));
    }

    [Fact]
    public async Task APublishFolderThatChangesInMidTransferFailsTheDeployAtOnceAndSaysSo()
    {
        using DeployFixture deploy = new(largeFileBytes: 300_000_000);
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        string releases = Path.Combine(deploy.LocalRoot(1), "releases");
        await Eventually.TrueAsync(() => Directory.Exists(releases) && BytesIn(releases) > 0);

        // Not by .NET, which respects the seeder's lock as nobody else does.
        Command.Run("truncate", "--size=0", Path.Combine(deploy.PublishDirectory, "runtimes/linux-x64/native/libbig.so.1"));

        DeploymentReport report = await running;

        Assert.False(report.Succeeded);
        Problem seeder = Assert.Single(deploy.Problems);
        Assert.Equal("MURDER0603", seeder.Code);
        Assert.Contains("libbig.so.1", seeder.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(deploy.LocalRoot(1), "current")));
    }

    [Fact]
    public async Task ASeederKilledInMidTransferFailsTheDeployAtOnceAndSaysSo()
    {
        using DeployFixture deploy = new(largeFileBytes: 300_000_000);
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        string releases = Path.Combine(deploy.LocalRoot(1), "releases");
        await Eventually.TrueAsync(() => Directory.Exists(releases) && BytesIn(releases) > 0);
        ProcessTree.Kill(deploy.SeederProcess!.Value);

        DeploymentReport report = await running;

        Assert.False(report.Succeeded);
        Assert.Equal("MURDER0603", Assert.Single(deploy.Problems).Code);
        Assert.False(File.Exists(Path.Combine(deploy.LocalRoot(1), "current")));
    }

    [Fact]
    public async Task WithoutAnAgentThatCouldSeedNoHostIsTouched()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { AgentDirectory = deploy.Directory.Combine("nowhere") };

        DeploymentException refusal = await Assert.ThrowsAsync<DeploymentException>(
            () => Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None));

        Assert.Equal("MURDER0603", Assert.Single(refusal.Problems).Code);
        Assert.False(Directory.Exists(deploy.Settings.LocalDirectory));
    }

    /// <summary>A deployed agent that needs no ahead-of-time compilation: a script that starts the framework-dependent one.</summary>
    private static long BytesIn(string directory) =>
        new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
