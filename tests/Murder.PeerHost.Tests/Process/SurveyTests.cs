using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Testing;

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
        await one.SendAsync(Survey(seeded));
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

        await asker.SendAsync(Survey(seeded));

        AgentSurveyed surveyed = await asker.ReadAsync<AgentSurveyed>();
        Assert.Equal([HostFailure.ReleaseChanged, HostFailure.Locked], surveyed.Findings.Select(finding => finding.Failure));
    }

    [Theory]
    [InlineData("echo loaded", "", null)]
    [InlineData("echo not-found", "", "systemd cannot restart web.service: it has no such unit that is in order (not-found)")]
    [InlineData("echo not-found", "cp web.service /etc/systemd/system", null)] // the release may bring it
    [InlineData("echo 'Failed to connect to bus' >&2; exit 1", "", "'systemctl show web.service' ended with exit code 1: Failed to connect to bus")]
    public async Task AServiceThatSystemdDoesNotKnowIsFoundBeforeItIsRestarted(string systemctl, string before, string? finding)
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 1);
        using TestDirectory tools = new();
        string path = tools.Write("systemctl", System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\n{systemctl}\n"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using AgentProcess agent = await AgentProcess.StartAsync(environment: ("PATH", $"{tools.Path}:{Environment.GetEnvironmentVariable("PATH")}"));

        await agent.SendAsync(Survey(seeded) with { Steps = new ActivationSteps { Service = "web.service", BeforeActivate = before } });

        Assert.Equal(finding, (await agent.ReadAsync<AgentSurveyed>()).Findings.SingleOrDefault()?.Detail);
    }

    [Fact]
    public async Task WhatAnActivationWouldFailOfIsFound()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 1);
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(Survey(seeded) with { Steps = new ActivationSteps { HealthUrl = "http://name.invalid/health" } });
        AgentSurveyed nameless = await agent.ReadAsync<AgentSurveyed>();
        await agent.SendAsync(Survey(seeded) with { Shared = SharedPaths.Parse(["settings.json", "logs/"], []) });
        AgentSurveyed settingless = await agent.ReadAsync<AgentSurveyed>();

        Assert.Equal(HostFailure.Unhealthy, Assert.Single(nameless.Findings).Failure);
        Assert.Equal(HostFailure.SharedMissing, Assert.Single(settingless.Findings).Failure);
        Assert.False(Directory.Exists(_host.Root));
    }

    [Fact]
    public async Task ThatAllPortsAreTakenIsFoundByTheDoorThatAFetchGoesThrough()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 1);
        using AgentProcess agent = await AgentProcess.StartAsync();
        List<TcpListener> taken = TakeNine();
        try
        {
            int first = ((IPEndPoint)taken[0].LocalEndpoint).Port;
            await agent.SendAsync(Survey(seeded) with { Port = first });

            AgentSurveyed surveyed = await agent.ReadAsync<AgentSurveyed>();

            Assert.Equal((0, HostFailure.PortsTaken), (surveyed.Port, Assert.Single(surveyed.Findings).Failure));
            AgentFailed failed = await agent.ReadFailureAsync(seeded.Fetch(_host, seeded.Release("1.0.0")) with { Port = first });
            Assert.Equal((HostFailure.PortsTaken, surveyed.Findings[0].Detail), (failed.Failure, failed.Detail));
            taken[8].Stop();
            await agent.SendAsync(Survey(seeded) with { Port = first });
            Assert.Equal(first + 8, (await agent.ReadAsync<AgentSurveyed>()).Port);
        }
        finally
        {
            taken.ForEach(listener => listener.Dispose());
        }
    }

    /// <summary>Ports that follow each other, wherever there are nine.</summary>
    private static List<TcpListener> TakeNine()
    {
        for (int first = 20_000; ; first += 9)
        {
            List<TcpListener> taken = [];
            try
            {
                for (int port = first; port < first + 9; port++)
                {
                    taken.Add(TcpListener.Create(port));
                    taken[^1].Start();
                }

                return taken;
            }
            catch (SocketException)
            {
                taken.ForEach(listener => listener.Dispose()); // somebody has one of them
            }
        }
    }

    private SurveyCommand Survey(SeededRelease seeded) => new() { Root = _host.Root, Release = seeded.Release("1.0.0"), Metainfo = seeded.Metainfo.Bytes, Port = 0 };
}
