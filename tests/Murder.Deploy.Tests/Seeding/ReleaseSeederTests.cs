using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;

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

        await using ReleaseSeeder seeder = ReleaseSeeder.Start(release, Plan(s_remote) with { Port = first }, deploy, TimeProvider.System);

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

        await using ReleaseSeeder seeder = ReleaseSeeder.Start(release, Plan(s_remote) with { Port = first }, deploy, TimeProvider.System);

        Assert.NotInRange(seeder.Ports.Seeder, first, first + PortsTried - 1);
        Assert.Contains(deploy.Log, line => line.Contains($"no swarm port from {first} on", StringComparison.Ordinal) && line.Contains($"{seeder.Ports.Seeder}", StringComparison.Ordinal));
        taken.ForEach(listener => listener.Stop());
    }

    [Fact]
    public void OnlyAPlanWithRemoteHostsWantsTheSwarmsPort()
    {
        TargetHost local = new("local01") { Address = "127.0.0.1", Root = "/srv/web", IsLocal = true };
        TargetHost remote = new("web1") { Address = "192.0.2.1", Root = "/srv/web" };

        Assert.Equal(0, Plan(local).SeederPort);
        Assert.Equal(6881, Plan(local, remote).SeederPort);
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

    private static DeploymentPlan Plan(params TargetHost[] hosts) => new()
    {
        Goal = RolloutGoal.Staged,
        Application = "web",
        Release = ReleaseId.Parse("1.0.0-a"),
        Hosts = hosts,
        FailedHostsMax = 0,
        LaunchesMax = 1,
        Port = 6881,
        SwarmSecurity = SwarmSecurity.Tls,
        Seed = 1,
        DeployedBy = "me@here",
    };
}
