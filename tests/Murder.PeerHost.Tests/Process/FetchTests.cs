using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost.Tests;

public sealed class FetchTests
{
    [Fact]
    public async Task AReleaseIsStagedActivatedAndSeededOn()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new("srv/app");
        ReleaseId release = seeded.Release("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(seeded.Fetch(host, release));
        AgentStaged staged = await agent.ReadAsync<AgentStaged>();

        seeded.AssertIsAt(host.Layout.Release(release));
        Assert.Equal(release, staged.Release);
        Assert.Equal(0, staged.ResumedBytes);
        Assert.True(staged.DownloadedBytes >= seeded.TotalBytes);
        Assert.Equal([release.Value], Directory.EnumerateFileSystemEntries(host.Layout.Releases).Select(path => Path.GetFileName(path)));
        Assert.Equal(seeded.Metainfo.Bytes.ToArray(), File.ReadAllBytes(host.Layout.Metainfo(release)));

        await agent.SendAsync(new ActivateCommand(host.Root + "/", release));
        Assert.False((await agent.ReadAsync<AgentActivated>()).WasDone);
        await agent.SendAsync(new StatusCommand(host.Root));
        Assert.StartsWith("ann@laptop", (await agent.ReadAsync<AgentStatus>()).LockedBy, StringComparison.Ordinal);

        await agent.SendAsync(new StopCommand());
        await agent.ReadAsync<AgentBye>();
        Assert.Equal(0, await agent.ExitedAsync());
        seeded.AssertIsAt(host.Layout.Current);
    }

    /// <summary>The agent reaches neither tracker nor seeder: it asks through its control channel, and is told of nobody; the seeder comes to it.</summary>
    [Fact]
    public async Task AReleaseIsStagedWithoutReachingAnybody()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId release = seeded.Release("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.FetchByChannel(host, release));
        AgentAnnounce announce = await agent.ReadAsync<AgentAnnounce>();
        AnnouncedCommand answer = seeded.Answer(announce);
        Assert.True(AnnounceResponse.TryRead(answer.Answer.Span, out AnnounceResponse? told, out _));
        Assert.Empty(told.Peers);
        await agent.SendAsync(new AnnouncedCommand(announce.Sequence - 1, "d"u8.ToArray())); // one that nobody waits for
        await agent.SendAsync(answer);
        Assert.True(AnnounceRequest.TryParse(announce.Query, out AnnounceRequest? request, out _));

        await seeded.MeetAsync(request.Port);

        AgentEvent? said;
        while ((said = await agent.ReadAnyAsync()) is not AgentStaged)
        {
            Assert.True(said is AgentProgress or AgentWorking or AgentAnnounce, $"{said}");
            if (said is AgentAnnounce next)
            {
                await agent.SendAsync(seeded.Answer(next));
            }
        }

        seeded.AssertIsAt(host.Layout.Release(release));
        agent.CloseInput();
        Assert.Equal(AgentProtocol.EndedExitCode, await agent.ExitedAsync());
    }

    /// <summary>The system executes no file that anybody has open for writing, and the agent had every file of the release open so.</summary>
    [Fact]
    public async Task WhatIsActiveCanBeExecutedWhileTheAgentSeedsIt()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId release = seeded.Release("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, release));
        await agent.ReadAsync<AgentStaged>();
        await agent.SendAsync(new ActivateCommand(host.Root, release));
        await agent.ReadAsync<AgentActivated>();

        using Process app = Process.Start(Path.Combine(host.Layout.Current, "app"));
        await app.WaitForExitAsync();

        Assert.Equal(SeededRelease.AppExitCode, app.ExitCode);
    }

    [Fact]
    public async Task ProgressIsToldAndPingsAreAnsweredWhileFetching()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(gateBytes: 2 * 1024 * 1024);
        using HostFixture host = new();
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")));

        AgentProgress progress = await agent.ReadProgressAsync(progress => progress.VerifiedBytes > 0);
        await agent.SendAsync(new PingCommand(9));

        Assert.Equal(9, (await agent.ReadAsync<AgentPong>()).Sequence);
        Assert.Equal(seeded.TotalBytes, progress.TotalBytes);
        Assert.True(progress.VerifiedBytes < seeded.TotalBytes);
        seeded.Gate.Open();
        await agent.ReadAsync<AgentStaged>();
    }

    [Fact]
    public async Task TheSecondHostFetchesFromTheFirst()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(gateBytes: 5 * 1024 * 1024);
        using HostFixture firstHost = new();
        using HostFixture secondHost = new();
        using AgentProcess first = await AgentProcess.StartAsync();
        await first.SendAsync(seeded.Fetch(firstHost, seeded.Release("1.0.0")));
        await first.ReadAsync<AgentStaged>();

        // The seeder has some 0.9 MB left in it: the rest can only come from the first host.
        using AgentProcess second = await AgentProcess.StartAsync();
        await second.SendAsync(seeded.Fetch(secondHost, seeded.Release("1.0.0")) with { Seed = 4 });
        await second.ReadAsync<AgentStaged>();

        seeded.AssertIsAt(secondHost.Layout.Release(seeded.Release("1.0.0")));
    }

    [Fact]
    public async Task WhatAKilledAgentVerifiedIsNotFetchedAgain()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 8, gateBytes: 4 * 1024 * 1024);
        using HostFixture host = new();
        using (AgentProcess killed = await AgentProcess.StartAsync())
        {
            await killed.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")));
            await killed.ReadProgressAsync(progress => progress.VerifiedBytes > 1024 * 1024);
            killed.Signal("KILL");
            await killed.ExitedAsync();
        }

        Assert.True(Directory.Exists(host.Layout.Partial(seeded.Release("1.0.0"))));
        seeded.Gate.Open();
        ReleaseId release = seeded.Release("1.0.1");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, release));
        AgentStaged staged = await agent.ReadAsync<AgentStaged>();

        Assert.True(staged.ResumedBytes > 0);
        Assert.Equal(seeded.TotalBytes, staged.ResumedBytes + staged.DownloadedBytes - staged.WastedBytes);
        seeded.AssertIsAt(host.Layout.Release(release));
        Assert.Equal([release.Value], Directory.EnumerateFileSystemEntries(host.Layout.Releases).Select(path => Path.GetFileName(path)));
    }

    [Theory]
    [InlineData("eu-1", false)]
    [InlineData("us-1", true)]
    [InlineData("", false)]
    public async Task WhatComesFromAnotherZoneIsCounted(string zone, bool crosses)
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(zone: "eu-1");
        using HostFixture host = new();
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")) with { Zone = zone });

        AgentStaged staged = await agent.ReadAsync<AgentStaged>();
        Assert.Equal(crosses ? staged.DownloadedBytes : 0, staged.DownloadedBytesAcrossZones);
    }

    [Fact]
    public async Task WhatLiesOnDiskIsCheckedNotTrusted()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId release = seeded.Release("1.0.0");
        string partial = host.Layout.Partial(release);
        Directory.CreateDirectory(Path.Combine(partial, "lib"));
        File.Copy(Path.Combine(seeded.Directory, "lib/00.dll"), Path.Combine(partial, "lib/00.dll"));
        File.WriteAllBytes(Path.Combine(partial, "lib/01.dll"), new byte[1024 * 1024]);
        File.WriteAllText(Path.Combine(partial, "stranger.txt"), "not of this release");
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(seeded.Fetch(host, release));

        Assert.Equal(1024 * 1024, (await agent.ReadAsync<AgentStaged>()).ResumedBytes);
        seeded.AssertIsAt(host.Layout.Release(release));
    }

    [Fact]
    public async Task ARerunOfAStagedReleaseChecksItAndIsDone()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId release = seeded.Release("1.0.0");
        using (AgentProcess first = await AgentProcess.StartAsync())
        {
            await first.SendAsync(seeded.Fetch(host, release));
            await first.ReadAsync<AgentStaged>();
            await first.SendAsync(new StopCommand());
            await first.ExitedAsync();
        }

        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, release));
        AgentStaged staged = await agent.ReadAsync<AgentStaged>();
        Assert.Equal(seeded.TotalBytes, staged.ResumedBytes);
        Assert.Equal(0, staged.DownloadedBytes);
        await agent.SendAsync(new StopCommand());
        await agent.ExitedAsync();

        File.WriteAllText(Path.Combine(host.Layout.Release(release), "lib/00.dll"), "changed by hand");
        using AgentProcess last = await AgentProcess.StartAsync();
        AgentFailed failed = await last.ReadFailureAsync(seeded.Fetch(host, release));
        Assert.Equal(HostFailure.ReleaseChanged, failed.Failure);
        Assert.Contains(host.Layout.Release(release), failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatAnotherReleaseOfTheSameContentHoldsIsCopiedAndCheckedAndOnlyTheRestIsFetched()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId first = seeded.Release("1.0.0");
        ReleaseId second = seeded.Release("1.0.1");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, first));
        await agent.ReadAsync<AgentStaged>();
        string spoilt = Path.Combine(host.Layout.Release(first), "lib/00.dll");
        byte[] mine = new byte[1024 * 1024];
        File.WriteAllBytes(spoilt, mine);

        await agent.SendAsync(seeded.Fetch(host, second) with { Seed = 4 });
        AgentStaged staged = await agent.ReadAsync<AgentStaged>();

        Assert.Equal(seeded.TotalBytes - mine.Length, staged.ResumedBytes);
        Assert.Equal(mine.Length, staged.DownloadedBytes);
        seeded.AssertIsAt(host.Layout.Release(second));
        Assert.Equal(mine, File.ReadAllBytes(spoilt)); // nothing is shared between the two
    }

    [Fact]
    public async Task AbortRemovesWhatItHalfWroteAndTheRootItMade()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(gateBytes: 2 * 1024 * 1024);
        using HostFixture host = new("srv/app");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")));
        await agent.ReadProgressAsync(progress => progress.VerifiedBytes > 0);

        await agent.SendAsync(new AbortCommand());
        await agent.ReadAsync<AgentBye>();

        Assert.Equal(0, await agent.ExitedAsync());
        Assert.False(Path.Exists(host.Root));
        Assert.False(Path.Exists(Path.GetDirectoryName(host.Root)));
    }

    [Fact]
    public async Task AbortLeavesWhatWasThereBefore()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(gateBytes: 2 * 1024 * 1024);
        using HostFixture host = new();
        host.Stage("0.9.0");
        Directory.CreateDirectory(Path.Combine(host.Layout.Releases, "my notes"));
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")));
        await agent.ReadProgressAsync(progress => progress.VerifiedBytes > 0);

        await agent.SendAsync(new AbortCommand());
        await agent.ExitedAsync();

        Assert.Equal(
            ["0.9.0-20261123T031500Z-5f2a9c1d", "my notes"],
            Directory.EnumerateFileSystemEntries(host.Layout.Releases).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ADeployerThatIsGoneLeavesNoLockAndAPartialThatCanBeUsed(bool bySignal)
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(gateBytes: 2 * 1024 * 1024);
        using HostFixture host = new();
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")));
        await agent.ReadProgressAsync(progress => progress.VerifiedBytes > 0);

        if (bySignal)
        {
            agent.Signal("TERM");
        }
        else
        {
            agent.CloseInput();
        }

        Assert.Equal(3, await agent.ExitedAsync());
        using AgentProcess next = await AgentProcess.StartAsync();
        await next.SendAsync(new StatusCommand(host.Root));
        AgentStatus status = await next.ReadAsync<AgentStatus>();
        Assert.Null(status.LockedBy);
        Assert.Equal([$"{seeded.Release("1.0.0")}.partial"], status.Partial);
        Assert.Empty(status.Staged);
    }

    [Fact]
    public async Task ADeployerThatIsGoneBeforeTheFirstByteLeavesNoPartial()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(gateBytes: 0);
        using HostFixture host = new();
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")));
        await agent.ReadAsync<AgentProgress>();

        agent.CloseInput();

        Assert.Equal(3, await agent.ExitedAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.Layout.Releases));
    }

    [Fact]
    public async Task TheSecondDeployOfARootIsToldWhoHoldsTheLock()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        using AgentProcess first = await AgentProcess.StartAsync();
        using AgentProcess second = await AgentProcess.StartAsync();
        await first.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")));
        await first.ReadAsync<AgentStaged>();

        AgentFailed fetch = await second.ReadFailureAsync(seeded.Fetch(host, seeded.Release("1.0.1")) with { DeployedBy = "bob@ci" });
        AgentFailed activate = await second.ReadFailureAsync(new ActivateCommand(host.Root, seeded.Release("1.0.0"), "bob@ci"));

        Assert.Equal((HostFailure.Locked, HostFailure.Locked), (fetch.Failure, activate.Failure));
        Assert.Contains("ann@laptop", fetch.Detail, StringComparison.Ordinal);
        Assert.Contains(first.Hello.ProcessId.ToString(), activate.Detail, StringComparison.Ordinal);
        await second.SendAsync(new StatusCommand(host.Root));
        Assert.StartsWith("ann@laptop", (await second.ReadAsync<AgentStatus>()).LockedBy, StringComparison.Ordinal);

        first.Signal("KILL");
        await first.ExitedAsync();
        await second.SendAsync(new ActivateCommand(host.Root, seeded.Release("1.0.0"), "bob@ci"));
        await second.ReadAsync<AgentActivated>();
    }

    [Fact]
    public async Task AfterAFailureTheAgentGoesOnAndTheLockIsFree()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        ReleaseId release = seeded.Release("1.0.0");
        host.Stage(release); // the same name, but not the same content
        using AgentProcess agent = await AgentProcess.StartAsync();

        Assert.Equal(HostFailure.ReleaseChanged, (await agent.ReadFailureAsync(seeded.Fetch(host, release))).Failure);

        await agent.SendAsync(new StatusCommand(host.Root));
        Assert.Null((await agent.ReadAsync<AgentStatus>()).LockedBy);
        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.1")));
        await agent.ReadAsync<AgentStaged>();
    }

    [Fact]
    public async Task ARootThatCannotBeMadeIsNamed()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        File.WriteAllText(host.Root, "a file is in the way");
        using AgentProcess agent = await AgentProcess.StartAsync();

        AgentFailed failed = await agent.ReadFailureAsync(seeded.Fetch(host, seeded.Release("1.0.0")));

        Assert.Contains(failed.Failure, new[] { HostFailure.RootNotWritable, HostFailure.StorageFailed });
        Assert.Contains(host.Root, failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATakenPortIsLeftForTheNext()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        using TcpListener taken = new(IPAddress.IPv6Any, 0);
        taken.Start();
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(seeded.Fetch(host, seeded.Release("1.0.0")) with { Port = ((IPEndPoint)taken.LocalEndpoint).Port });

        await agent.ReadAsync<AgentStaged>();
    }
}
