using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost.Tests;

/// <summary>Releases that cannot be brought to a host, or not be activated there, and what is no reason against them.</summary>
public sealed class RefusedFetchTests
{
    /// <summary>Whoever deploys it again, and whatever he shares: the links tell what they are.</summary>
    [Fact]
    public async Task LinksToWhatReleasesShareAreNoChangeOfAStagedRelease()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId release = seeded.Release("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, release));
        await agent.ReadAsync<AgentStaged>();
        await agent.SendAsync(new ActivateCommand(host.Root, release) { Shared = SharedPaths.Parse(["logs/", "lib/plugins/"], []) });
        await agent.ReadAsync<AgentActivated>();

        await agent.SendAsync(seeded.Fetch(host, release));

        Assert.Equal(seeded.TotalBytes, (await agent.ReadAsync<AgentStaged>()).ResumedBytes);
    }

    [Fact]
    public async Task WhatIsToBeSharedAndIsNotThereIsToldBeforeAnythingIsFetchedOrMade()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        using AgentProcess agent = await AgentProcess.StartAsync();

        AgentFailed failed = await agent.ReadFailureAsync(seeded.Fetch(host, seeded.Release("1.0.0")) with { Shared = SharedPaths.Parse(["a.json", "logs/"], []) });

        Assert.Equal(new AgentFailed(HostFailure.SharedMissing, $"{host.Layout.Shared} lacks a.json"), failed);
        Assert.False(Directory.Exists(host.Root));
    }

    public static TheoryData<string, Action<string>> Tamperings => new()
    {
        { "latest.dll", folder => Relink(Path.Combine(folder, "latest.dll"), "lib/01.dll") },
        { "latest.dll", folder => Relink(Path.Combine(folder, "latest.dll"), Path.Combine(folder, "lib/00.dll")) },
        { "lib/00.dll", folder => Mode(Path.Combine(folder, "lib/00.dll"), UnixFileMode.UserExecute) },
        { "app", folder => Mode(Path.Combine(folder, "app"), UnixFileMode.None) },
        { "lib/more.dll", folder => File.WriteAllText(Path.Combine(folder, "lib/more.dll"), "") },
        { "more", folder => File.CreateSymbolicLink(Path.Combine(folder, "more"), "lib") },
        { "more", folder => File.CreateSymbolicLink(Path.Combine(folder, "more"), "../../shared/less") },
    };

    /// <summary>A loader takes every assembly of a folder, and a link is as good as the file behind it.</summary>
    [Theory]
    [MemberData(nameof(Tamperings))]
    public async Task AStagedReleaseThatWasChangedBesideItsBytesIsRefusedByName(string changed, Action<string> tamper)
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId release = seeded.Release("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, release));
        await agent.ReadAsync<AgentStaged>();
        tamper(host.Layout.Release(release));

        AgentFailed failed = await agent.ReadFailureAsync(seeded.Fetch(host, release));

        Assert.Equal(HostFailure.ReleaseChanged, failed.Failure);
        Assert.Contains($" {changed} ", failed.Detail, StringComparison.Ordinal);
    }

    /// <summary>A service that writes a log beside itself must not keep its host from being deployed to again.</summary>
    [Fact]
    public async Task WhatWasAddedToTheActiveReleaseIsNoReasonNotToRepeatADeploy()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId release = seeded.Release("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, release));
        await agent.ReadAsync<AgentStaged>();
        await agent.SendAsync(new ActivateCommand(host.Root, release));
        await agent.ReadAsync<AgentActivated>();
        File.WriteAllText(Path.Combine(host.Layout.Release(release), "lib/app.log"), "started");

        await agent.SendAsync(seeded.Fetch(host, release));

        Assert.Equal(seeded.TotalBytes, (await agent.ReadAsync<AgentStaged>()).ResumedBytes);
        File.WriteAllText(Path.Combine(host.Layout.Release(release), "lib/00.dll"), "changed by hand");
        Assert.Equal(HostFailure.ReleaseChanged, (await agent.ReadFailureAsync(seeded.Fetch(host, release))).Failure);
    }

    /// <summary>Two services that share an inventory with one murder_root.</summary>
    [Fact]
    public async Task AReleaseThatWouldTakeThePlaceOfAnotherApplicationIsRefusedBeforeItIsFetched()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId mine = seeded.Release("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, mine));
        await agent.ReadAsync<AgentStaged>();
        await agent.SendAsync(new ActivateCommand(host.Root, mine));
        await agent.ReadAsync<AgentActivated>();
        Metainfo other = MetainfoBuilder.Build("billing", seeded.Metainfo.Layout.PieceLength, [new HashedFile("app", 1, false, null, [Hash256.Of("b"u8)])]);
        FetchCommand fetch = seeded.Fetch(host, seeded.Release("2.0.0")) with { Metainfo = other.Bytes, IsToBeActivated = true };

        AgentFailed failed = await agent.ReadFailureAsync(fetch);

        Assert.Equal(HostFailure.RootTaken, failed.Failure);
        Assert.Contains("and not of billing", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatKeepsAReleaseFromBeingActivatedIsFoundBeforeItIsFetched()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        Directory.CreateDirectory(host.Layout.Current);
        using AgentProcess agent = await AgentProcess.StartAsync();

        AgentFailed failed = await agent.ReadFailureAsync(seeded.Fetch(host, seeded.Release("1.0.0")) with { IsToBeActivated = true });

        Assert.Equal(HostFailure.ActivationFailed, failed.Failure);
        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0"))); // to be staged only
        await agent.ReadAsync<AgentStaged>();
    }

    private static void Relink(string link, string target)
    {
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }

    private static void Mode(string path, UnixFileMode execute) =>
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | execute);

    [Fact]
    public async Task AReleaseOfOtherContentUnderTheSameIdIsRefusedAsThat()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        await using SeededRelease other = await SeededRelease.StartAsync(megabytes: 2);
        using HostFixture host = new();
        ReleaseId release = seeded.Release("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, release));
        await agent.ReadAsync<AgentStaged>();

        AgentFailed failed = await agent.ReadFailureAsync(other.Fetch(host, release));

        Assert.Equal(HostFailure.ReleaseTaken, failed.Failure);
        seeded.AssertIsAt(host.Layout.Release(release));
    }
}
