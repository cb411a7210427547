using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

public sealed class SeedTests
{
    private const ulong Seed = 77;

    [Fact]
    public async Task AHostFetchesEverythingFromASeederThatSaysWhatItSentAndWhenItBegan()
    {
        long startedAt = System.Diagnostics.Stopwatch.GetTimestamp();
        await using SeededRelease seeded = await SeededRelease.StartAsync(gateBytes: 0);
        using HostFixture host = new();
        using AgentProcess seeder = await SeedingAsync(seeded);
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")));
        await agent.ReadAsync<AgentStaged>();
        await seeder.SendAsync(new StopCommand());
        (AgentUploaded last, AgentEvent? end) = await ReadToTheEndAsync(seeder);

        seeded.AssertIsAt(host.Layout.Release(seeded.Release("1.0.0")));
        Assert.True(last.UploadedBytes >= seeded.TotalBytes, $"{last}");
        Assert.InRange(last.FirstByteTimestamp!.Value, startedAt, System.Diagnostics.Stopwatch.GetTimestamp());
        Assert.IsType<AgentBye>(end);
        Assert.Equal(0, await seeder.ExitedAsync());
    }

    [Fact]
    public async Task ASeederOfWhichNobodyWantsAnythingLeavesTheFolderAsItWas()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        IReadOnlyList<string> before = TreeSnapshot.Of(seeded.Directory);
        using AgentProcess seeder = await SeedingAsync(seeded);

        await seeder.SendAsync(new AbortCommand());

        await seeder.ReadAsync<AgentBye>();
        Assert.Equal(0, await seeder.ExitedAsync());
        Assert.Equal(before, TreeSnapshot.Of(seeded.Directory));
    }

    [Fact]
    public async Task WhenNoPortIsFreeAnotherOneIsListenedOnAndSaid()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        List<TcpListener> taken = TakeLastPorts();
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(seeded.Seed(Seed) with { Port = ((IPEndPoint)taken[0].LocalEndpoint).Port });
        AgentSeeding seeding = await agent.ReadAsync<AgentSeeding>();

        Assert.NotNull(seeding.PortsTaken);
        Assert.DoesNotContain(taken, listener => ((IPEndPoint)listener.LocalEndpoint).Port == seeding.Port);
        taken.ForEach(listener => listener.Stop());
    }

    [Fact]
    public async Task AFolderThatCannotBeReadAnyMoreIsNamedAndTheAgentGoesOn()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(gateBytes: 0);
        using HostFixture host = new();
        using AgentProcess seeder = await SeedingAsync(seeded);
        Directory.Delete(Path.Combine(seeded.Directory, "lib"), recursive: true);
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")));
        AgentFailed failed = await seeder.ReadAsync<AgentFailed>();

        Assert.Equal(HostFailure.StorageFailed, failed.Failure);
        Assert.Contains("lib/", failed.Detail, StringComparison.Ordinal);
        await seeder.SendAsync(new PingCommand(1));
        await seeder.ReadAsync<AgentPong>();
        await seeder.SendAsync(new StopCommand());
        await seeder.ReadAsync<AgentBye>();
    }

    [Fact]
    public async Task WhatCannotBeSeededIsRefused()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using AgentProcess agent = await AgentProcess.StartAsync();

        Assert.Contains("'publish'", (await agent.ReadFailureAsync(seeded.Seed(Seed) with { Directory = "publish" })).Detail, StringComparison.Ordinal);
        Assert.Equal(HostFailure.MetainfoRefused, (await agent.ReadFailureAsync(seeded.Seed(Seed) with { Metainfo = "de"u8.ToArray() })).Failure);
    }

    [Theory]
    [InlineData("end of stdin")]
    [InlineData("TERM")]
    public async Task ASeederWithoutItsDeployerEnds(string how)
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using AgentProcess seeder = await SeedingAsync(seeded);

        if (how == "TERM")
        {
            seeder.Signal(how);
        }
        else
        {
            seeder.CloseInput();
        }

        Assert.Equal(3, await seeder.ExitedAsync());
    }

    private static async Task<AgentProcess> SeedingAsync(SeededRelease seeded)
    {
        AgentProcess seeder = await AgentProcess.StartAsync();
        await seeder.SendAsync(seeded.Seed(Seed));
        AgentSeeding seeding = await seeder.ReadAsync<AgentSeeding>();
        Assert.Null(seeding.PortsTaken);
        seeded.Track(Seed, seeding.Port);
        return seeder;
    }

    private static async Task<(AgentUploaded Last, AgentEvent? End)> ReadToTheEndAsync(AgentProcess seeder)
    {
        AgentUploaded last = new(0, null);
        AgentEvent? next;
        while ((next = await seeder.ReadAnyAsync()) is AgentUploaded uploaded)
        {
            last = uploaded;
        }

        return (last, next);
    }

    /// <summary>The last ports there are: after them there is none to try.</summary>
    private static List<TcpListener> TakeLastPorts()
    {
        List<TcpListener> taken = [];
        for (int port = IPEndPoint.MaxPort - 2; port <= IPEndPoint.MaxPort; port++)
        {
            TcpListener listener = new(IPAddress.IPv6Any, port);
            listener.Server.DualMode = true;
            listener.Start();
            taken.Add(listener);
        }

        return taken;
    }
}
