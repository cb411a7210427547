using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Firewalls are opened for the swarm's ports: the seeder listens there as long as any of them is free.</summary>
public sealed class ReleaseSeederTests
{
    private const int PortsTried = 9;

    private static readonly TargetHost s_remote = new("web1") { Address = "192.0.2.1", Root = "/srv/web", IsLocal = false };

    [Fact]
    public async Task ATakenPortIsLeftForTheNext()
    {
        using DeployFixture deploy = new();
        Release release = await MakeReleaseAsync(deploy);
        (int first, List<TcpListener> taken) = Take(1);

        await using ReleaseSeeder seeder = await StartAsync(release, TestPlan.For(s_remote) with { Port = first }, deploy);

        Assert.InRange(seeder.Ports.Seeder, first + 1, first + PortsTried - 1);
        Assert.Contains(deploy.Log, line => line.Contains($"{seeder.Ports.Seeder}", StringComparison.Ordinal) && line.Contains($"{seeder.Ports.Tracker}", StringComparison.Ordinal));
        taken.ForEach(listener => listener.Stop());
    }

    [Fact]
    public async Task WhenAllAreTakenAnotherOneIsNamed()
    {
        using DeployFixture deploy = new();
        Release release = await MakeReleaseAsync(deploy);
        (int first, List<TcpListener> taken) = Take(PortsTried);

        await using ReleaseSeeder seeder = await StartAsync(release, TestPlan.For(s_remote) with { Port = first }, deploy);

        Assert.NotInRange(seeder.Ports.Seeder, first, first + PortsTried - 1);
        Assert.Contains(deploy.Log, line => line.Contains($"no swarm port from {first} on", StringComparison.Ordinal) && line.Contains($"{seeder.Ports.Seeder}", StringComparison.Ordinal));
        taken.ForEach(listener => listener.Stop());
    }

    [Fact]
    public async Task TheSeederIsAProcessThatEndsWithThisObject()
    {
        using DeployFixture deploy = new();
        ReleaseSeeder seeder = await StartAsync(await MakeReleaseAsync(deploy), TestPlan.For(s_remote) with { Port = 0 }, deploy);
        int process = deploy.SeederProcess!.Value;
        Assert.Contains(process, ProcessTree.ChildrenOf(Environment.ProcessId));
        Assert.False(seeder.Running.IsCompleted);

        await seeder.StopAsync();
        Assert.Equal((0, null), (seeder.UploadedBytes, seeder.FirstByteTimestamp));
        Assert.True(seeder.Running.IsCompletedSuccessfully);
        await seeder.DisposeAsync();

        Assert.False(ProcessTree.IsRunning(process));
    }

    [Fact]
    public async Task ASeederThatIsKilledIsTold()
    {
        using DeployFixture deploy = new();
        await using ReleaseSeeder seeder = await StartAsync(await MakeReleaseAsync(deploy), TestPlan.For(s_remote) with { Port = 0 }, deploy);

        ProcessTree.Kill(deploy.SeederProcess!.Value);

        HostException lost = await Assert.ThrowsAsync<HostException>(() => seeder.Running);
        Assert.Equal(HostFailure.AgentLost, lost.Failure);
    }

    [Fact]
    public async Task ASeederThatIsRefusedLeavesNoProcess()
    {
        using DeployFixture deploy = new();
        Release release = await MakeReleaseAsync(deploy) with { Directory = "publish" };
        AgentChannel agent = await new SeederLauncher(deploy.Settings.AgentDirectory, deploy, TimeProvider.System).LaunchAsync(CancellationToken.None);

        HostException refused = await Assert.ThrowsAsync<HostException>(
            () => ReleaseSeeder.StartAsync(release, TestPlan.For(s_remote) with { Port = 0 }, agent, deploy, TimeProvider.System, CancellationToken.None));

        Assert.Contains("'publish'", refused.Message, StringComparison.Ordinal);
        Assert.False(ProcessTree.IsRunning(agent.Hello.ProcessId));
    }

    [Fact]
    public void OnlyAPlanWithRemoteHostsWantsTheSwarmsPort()
    {
        TargetHost local = new("local01") { Address = "127.0.0.1", Root = "/srv/web", IsLocal = true };
        TargetHost remote = new("web1") { Address = "192.0.2.1", Root = "/srv/web" };

        Assert.Equal(0, TestPlan.For(local).SeederPort);
        Assert.Equal(6881, TestPlan.For(local, remote).SeederPort);
    }

    private static async Task<ReleaseSeeder> StartAsync(Release release, DeploymentPlan plan, DeployFixture deploy)
    {
        AgentChannel agent = await new SeederLauncher(deploy.Settings.AgentDirectory, deploy, TimeProvider.System).LaunchAsync(CancellationToken.None);
        return await ReleaseSeeder.StartAsync(release, plan, agent, deploy, TimeProvider.System, CancellationToken.None);
    }

    private static async Task<Release> MakeReleaseAsync(DeployFixture deploy) =>
        new(ReleaseId.Parse("1.0.0-a"), deploy.PublishDirectory, await ReleaseBuilder.DescribeAsync(deploy.PublishDirectory, "web", CancellationToken.None));

    /// <summary>So many ports in a row that were free, and now are not.</summary>
    private static (int First, List<TcpListener> Taken) Take(int count)
    {
        while (true)
        {
            List<TcpListener> taken = [];
            try
            {
                taken.Add(Listen(0));
                int first = ((IPEndPoint)taken[0].LocalEndpoint).Port;
                while (taken.Count < count)
                {
                    taken.Add(Listen(first + taken.Count));
                }

                return (first, taken);
            }
            catch (SocketException)
            {
                taken.ForEach(listener => listener.Stop()); // somebody else has one of them: elsewhere, then
            }
        }
    }

    private static TcpListener Listen(int port)
    {
        TcpListener listener = new(IPAddress.IPv6Any, port);
        listener.Server.DualMode = true;
        listener.Start();
        return listener;
    }
}
