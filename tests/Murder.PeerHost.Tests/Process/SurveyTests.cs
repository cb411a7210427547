using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests;

/// <summary>What an agent tells before a deploy, and that it stays without effect.</summary>
public sealed class SurveyTests : IDisposable
{
    private readonly HostFixture _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task OthersCanReachTheAgentUntilItLeaves()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 1);
        using AgentProcess one = await AgentProcess.StartAsync();
        using AgentProcess two = await AgentProcess.StartAsync();
        await one.SendAsync(new SurveyCommand { Root = _host.Root, Release = seeded.Release("1.0.0"), Metainfo = seeded.Metainfo.Bytes, Port = 0 });
        AgentSurveyed surveyed = await one.ReadAsync<AgentSurveyed>();
        Assert.Equal((seeded.TotalBytes, 0), (surveyed.FetchBytes, surveyed.ReusedBytes));
        Assert.Empty(surveyed.Findings);
        using TcpListener closed = new(IPAddress.Loopback, 0); // bound to find a free port, and never listening
        closed.Start();
        int free = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        await two.SendAsync(new ReachCommand([$"127.0.0.1:{surveyed.Port}", $"127.0.0.1:{free}", "web1"]));

        Assert.Equal([$"127.0.0.1:{free}", "web1"], (await two.ReadAsync<AgentReached>()).Unreached.Select(miss => miss.Endpoint));
        await one.SendAsync(new StopCommand());
        await one.ExitedAsync();
        await two.SendAsync(new ReachCommand([$"127.0.0.1:{surveyed.Port}"]));
        Assert.Single((await two.ReadAsync<AgentReached>()).Unreached);
        Assert.False(Directory.Exists(_host.Root));
    }

    [Fact]
    public async Task AReleaseThatIsThereButDamagedIsNamed()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 1);
        ReleaseId release = seeded.Release("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(_host, release));
        await agent.ReadAsync<AgentStaged>();
        File.WriteAllText(Path.Combine(_host.Layout.Release(release), "lib/00.dll"), "damaged");
        using AgentProcess asker = await AgentProcess.StartAsync();

        await asker.SendAsync(new SurveyCommand { Root = _host.Root, Release = release, Metainfo = seeded.Metainfo.Bytes, Port = 0 });

        AgentSurveyed surveyed = await asker.ReadAsync<AgentSurveyed>();
        Assert.Equal([HostFailure.StorageFailed, HostFailure.Locked], surveyed.Findings.Select(finding => finding.Failure));
    }
}
