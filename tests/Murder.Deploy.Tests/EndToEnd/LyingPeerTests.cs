using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A host whose disk spoils what it serves, in a swarm of the shipped agents.</summary>
public sealed class LyingPeerTests
{
    private const string Large = "runtimes/linux-x64/native/libbig.so.1";

    /// <summary>The other host comes when the first has the release, and its disk has lost it: so it asks both, the seeder and that one.</summary>
    [Fact]
    public async Task AHostThatSendsCorruptDataIsBannedAndNamedAndWhoFetchesIsWholeAllTheSame()
    {
        using DeployFixture deploy = new(largeFileBytes: 40_000_000);
        string go = deploy.Directory.Combine("go");
        using LoopbackSshd sshd = LoopbackSshd.Start(new LoopbackSshdOptions { ConfigLines = [$"ForceCommand while [ ! -e {go} ]; do sleep 0.1; done; exec sh"] });
        deploy.PackAgent();
        deploy.Settings = deploy.Settings with { Hosts = "local:1 late", HostItems = [deploy.HostOver(sshd, "late")], KnownHosts = sshd.KnownHostsPath, Release = "1.0.0-a" };
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        await Eventually.TrueAsync(() => running.IsCompleted || deploy.Log.Any(line => line.Contains("local01: staged", StringComparison.Ordinal)));
        Command.Run("dd", "if=/dev/zero", $"of={Path.Combine(deploy.LocalRoot(1), "releases", "1.0.0-a", Large)}", "bs=1M", "count=38", "conv=notrunc");
        await File.WriteAllTextAsync(go, "");

        DeploymentReport report = await running;

        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
        Problem problem = Assert.Single(deploy.Problems);
        Assert.Equal("MURDER1602", problem.Code);
        Assert.Matches(@"^late got corrupt data from [\d.]+:\d+ and banned it", problem.Text); // of loopback or the machine's own: either host may have called the other
        Assert.Equal(TreeSnapshot.Of(deploy.PublishDirectory), TreeSnapshot.Of(Path.Combine(deploy.RootOver("late"), "current/")));
    }
}
