using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Deploys over real sshds to hosts that are told to use nothing of the deploying machine but the connection by which they were reached.</summary>
public sealed class TunnelTests : IDisposable
{
    /// <summary>In the environment of every process on the hosts.</summary>
    private const string Mark = "MURDER_TEST_FOLDER";

    private static readonly string[] s_names = ["web1", "web2", "web3"];

    private readonly DeployFixture _deploy = new(largeFileBytes: 4_000_000);
    private readonly LoopbackSshd[] _sshds;

    public TunnelTests()
    {
        _sshds = [.. s_names.Select(_ => LoopbackSshd.Start(new LoopbackSshdOptions { ConfigLines = [$"SetEnv {Mark}={_deploy.Directory.Path}"] }))];
        _deploy.PackAgent();
        _deploy.Settings = _deploy.Settings with
        {
            Hosts = string.Join(' ', s_names),
            HostItems = [.. s_names.Select((name, index) => _deploy.HostOver(_sshds[index], name))],
            KnownHosts = _deploy.Directory.Write("known_hosts", Encoding.UTF8.GetBytes(string.Concat(_sshds.Select(sshd => File.ReadAllText(sshd.KnownHostsPath))))),
            Reach = "tunnel",
        };
    }

    public void Dispose()
    {
        Array.ForEach(_sshds, sshd => sshd.Dispose());
        _deploy.Dispose();
    }

    [Theory]
    [InlineData("tls", "sshnet")]
    [InlineData("none", "sshnet")]
    [InlineData("tls", "openssh")]
    public async Task TheReleaseComesThroughShells(string security, string engine)
    {
        _deploy.Settings = _deploy.Settings with { SwarmSecurity = security, SshEngine = engine };

        DeploymentReport report = await Deployment.DeployAsync(_deploy.Settings, activate: true, _deploy, CancellationToken.None);

        Assert.True(report.Succeeded, string.Join('\n', _deploy.Log));
        IReadOnlyList<string> released = TreeSnapshot.Of(_deploy.PublishDirectory);
        Assert.All(s_names, name => Assert.Equal(released, TreeSnapshot.Of(Path.Combine(_deploy.RootOver(name), "current/"))));
        Assert.All(report.Hosts, host => Assert.Contains(host.Way, new HostWay?[] { HostWay.Tunnel, HostWay.Peers })); // which has everything before its own tunnel is open needs none
        int tunnels = report.Hosts.Count(host => host.Way == HostWay.Tunnel);
        Assert.InRange(tunnels, 1, 3);
        Assert.Contains($"3 of 3 hosts were not to use ports of this machine: the release came to {tunnels} of them over the connections by which they are reached", _deploy.Log);
        Assert.Empty(_deploy.Problems);
    }

    [Fact]
    public async Task WhereTheHostsReachThisMachineNothingIsTunnelled()
    {
        _deploy.Settings = _deploy.Settings with { Reach = "" };

        DeploymentReport report = await Deployment.DeployAsync(_deploy.Settings, activate: false, _deploy, CancellationToken.None);

        Assert.True(report.Succeeded, string.Join('\n', _deploy.Log));
        Assert.All(report.Hosts, host => Assert.Equal(HostWay.Direct, host.Way));
    }

    [Fact]
    public async Task ACancelledDeployLeavesNoPipe()
    {
        _deploy.Settings = _deploy.Settings with { RateLimit = "500k" };
        using CancellationTokenSource cancel = new();
        Task<DeploymentReport> deploying = Deployment.DeployAsync(_deploy.Settings, activate: true, _deploy, cancel.Token);
        await Eventually.TrueAsync(() => s_names.Any(name => _deploy.Log.Contains($"  {name}: the seeder reaches it over a further session")));

        Assert.True(MarkedProcesses.With(Mark, _deploy.Directory.Path).Count > s_names.Length); // the agents, and a pipe at least

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deploying);
        await Eventually.TrueAsync(() => MarkedProcesses.With(Mark, _deploy.Directory.Path).Count == 0);
    }
}
