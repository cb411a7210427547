using System.Diagnostics;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>What stays of a root when old releases are removed, and what goes.</summary>
public sealed class PruneTests : IDisposable
{
    private readonly HostFixture _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task TheActiveTheOneBeforeAndTheNewestStay()
    {
        ReleaseId[] releases = [.. Enumerable.Range(1, 7).Select(minor => _host.Stage($"1.{minor}.0"))];
        using AgentProcess agent = await AgentProcess.StartAsync();
        foreach (ReleaseId release in new[] { releases[1], releases[0] })
        {
            await agent.SendAsync(new ActivateCommand(_host.Root, release));
            await agent.ReadAsync<AgentActivated>();
        }

        await agent.SendAsync(new PruneCommand(_host.Root, Keep: 2) { DeployedBy = "ann@laptop" });

        AgentPruned pruned = await agent.ReadAsync<AgentPruned>();
        Assert.Equal(releases[2..5].Select(id => id.Value), pruned.Removed);
        Assert.True(pruned.FreedBytes > 0);
        Assert.Equal(new[] { releases[0], releases[1], releases[5], releases[6] }.Select(id => id.Value), Names());
        Assert.Contains("\"verb\":\"prune\"", File.ReadLines(_host.Layout.AuditLog).Last(), StringComparison.Ordinal);

        await agent.SendAsync(new PruneCommand(_host.Root, Keep: 2));
        Assert.Equal([], (await agent.ReadAsync<AgentPruned>()).Removed);
    }

    /// <summary>It is then that somebody needs it: not even the name of who holds the lock can be written.</summary>
    [Fact]
    public async Task AFullDiskCanBePruned()
    {
        Directory.CreateDirectory(_host.Root);
        Command.Run("mount", "-t", "tmpfs", "-o", "size=1m", "murder-test", _host.Root);
        try
        {
            ReleaseId[] releases = [_host.Stage("1.0.0"), _host.Stage("1.1.0")];
            ReleaseStore.At(_host.Root, _ => { }, TimeProvider.System, FileSteps.Unobserved).Prepare();
            Assert.Null(Command.TryRun("dd", "if=/dev/zero", $"of={Path.Combine(_host.Layout.Release(releases[0]), "large")}", "bs=4096"));
            using AgentProcess agent = await AgentProcess.StartAsync();

            await agent.SendAsync(new PruneCommand(_host.Root, Keep: 1));

            Assert.Equal([releases[0].Value], (await agent.ReadAsync<AgentPruned>()).Removed);
            await agent.SendAsync(new StopCommand());
            await agent.ReadAsync<AgentBye>();
            await agent.ExitedAsync();
        }
        finally
        {
            Command.Run("umount", _host.Root);
        }
    }

    /// <summary>The release runs, and a deploy does not wait for a disk that hangs over an old one.</summary>
    [Fact]
    public async Task ADiskThatHangsOverAnOldReleaseDelaysTheEndOfADeployByNoMoreThanItMay()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using TestDirectory notes = new();
        (await PruneAfterFetchAsync(seeded, notes.Combine("undisturbed"), hangAt: -1)).Dispose();
        int deletion = Array.FindIndex(File.ReadAllLines(notes.Combine("undisturbed")), step => step.StartsWith($"delete {_host.Layout.Releases}", StringComparison.Ordinal));

        using AgentProcess agent = await PruneAfterFetchAsync(seeded, notes.Combine("hanging"), deletion);
        Stopwatch leaving = Stopwatch.StartNew();
        AgentNotPruned told = await agent.ReadAsync<AgentNotPruned>();
        await agent.ReadAsync<AgentBye>();
        Assert.Equal(0, await agent.ExitedAsync());

        Assert.Contains("10 s", told.Detail, StringComparison.Ordinal);
        Assert.InRange(leaving.Elapsed, AgentProtocol.PruneMax - TimeSpan.FromSeconds(2), AgentProtocol.LeaveMax);
        Assert.Null(ReleaseStore.At(_host.Root, _ => { }, TimeProvider.System, FileSteps.Unobserved).LockedBy());
        using AgentProcess next = await AgentProcess.StartAsync();
        await next.SendAsync(new PruneCommand(_host.Root, Keep: 0));
        await next.ReadAsync<AgentPruned>();
        Assert.DoesNotContain(Names(), name => name.StartsWith(ReleaseLayout.RemovedPrefix, StringComparison.Ordinal));
    }

    /// <summary>An agent that has fetched and activated a release, and was told to remove the one old one that is there.</summary>
    private async Task<AgentProcess> PruneAfterFetchAsync(SeededRelease seeded, string steps, int hangAt)
    {
        Command.Run("rm", "-rf", _host.Root);
        _host.Stage("0.1.0");
        AgentProcess agent = await AgentProcess.StartCrashingAsync(hangAt, steps, hangs: true);
        ReleaseId release = seeded.Release("1.0.0");
        await agent.SendAsync(seeded.Fetch(_host, release));
        await agent.ReadAsync<AgentStaged>();
        await agent.SendAsync(new ActivateCommand(_host.Root, release));
        await agent.ReadAsync<AgentActivated>();
        await agent.SendAsync(new StopCommand { KeepReleases = 0 });
        if (hangAt < 0)
        {
            await agent.ReadAsync<AgentBye>();
        }

        return agent;
    }

    [Fact]
    public async Task WhatIsHalfThereAndWhatDeadAgentsLeftGoesAndWhatIsSomebodyElsesStays()
    {
        ReleaseId release = _host.Stage("1.0.0");
        Directory.CreateDirectory(_host.Layout.Metainfos);
        Write("releases/1.1.0-x.partial/web.dll");
        Write("releases/.removed-0.9.0-x/web.dll");
        Write("releases/lost+found !/theirs");
        Write(".murder/metainfo/0.8.0-x.torrent");
        Write($".murder/metainfo/{release}.torrent");
        Write($".murder/metainfo/{release}.torrent.new");
        Write("shared/upload.txt");
        File.CreateSymbolicLink(Path.Combine(_host.Root, ".current.4711"), "releases/1.1.0-x");
        Directory.CreateSymbolicLink(Path.Combine(_host.Root, "releases/1.1.0-x.partial/link"), Path.Combine(_host.Root, "shared"));
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(new PruneCommand(_host.Root, Keep: 5));

        Assert.Equal(["1.1.0-x.partial"], (await agent.ReadAsync<AgentPruned>()).Removed);
        Assert.Equal(new[] { release.Value, "lost+found !" }.Order(StringComparer.Ordinal), Names());
        Assert.Equal([$"{release}.torrent"], Directory.EnumerateFiles(_host.Layout.Metainfos).Select(path => Path.GetFileName(path)));
        Assert.True(File.Exists(Path.Combine(_host.Root, "shared/upload.txt")));
        Assert.False(Path.Exists(Path.Combine(_host.Root, ".current.4711")));
    }

    /// <summary>Whoever made the link, and whatever it leads through: what runs there is not removed.</summary>
    [Theory]
    [InlineData("alias/1.0.0-a")]
    [InlineData("releases/../releases/1.0.0-a/bin")]
    [InlineData("releases/latest")]
    public async Task WhatIsFollowedByALinkMadeByHandStays(string target)
    {
        Write("releases/1.0.0-a/bin/web");
        Write("releases/1.1.0-b/bin/web");
        Directory.CreateDirectory(_host.Layout.Private);
        Directory.CreateSymbolicLink(Path.Combine(_host.Root, "alias"), "releases");
        Directory.CreateSymbolicLink(Path.Combine(_host.Layout.Releases, "latest"), "1.0.0-a");
        Directory.CreateSymbolicLink(_host.Layout.Current, target);
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(new PruneCommand(_host.Root, Keep: 0));

        Assert.Equal(["1.1.0-b"], (await agent.ReadAsync<AgentPruned>()).Removed);
        Assert.Equal(["1.0.0-a", "latest"], Names());
    }

    [Fact]
    public async Task WhatWasHalfRemovedUnderTheSameNameIsNoHindrance()
    {
        Write("releases/.removed-1.0.0-a/bin/web");
        Write("releases/1.0.0-a/bin/web");
        Directory.CreateDirectory(_host.Layout.Private);
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(new PruneCommand(_host.Root, Keep: 0));

        Assert.Equal(["1.0.0-a"], (await agent.ReadAsync<AgentPruned>()).Removed);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task ARootThatIsNotThereIsNotMade()
    {
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(new PruneCommand(_host.Root, Keep: 5));

        Assert.Equal([], (await agent.ReadAsync<AgentPruned>()).Removed);
        Assert.False(Directory.Exists(_host.Layout.Private));
    }

    [Fact]
    public void AgentsThatNobodyUsedForAWeekGo()
    {
        using TestDirectory cache = new();
        string self = cache.Write($"murder-peer-{new string('a', 64)}", [1]);
        string fresh = cache.Write($"murder-peer-{new string('b', 64)}", [1]);
        string old = cache.Write($"murder-peer-{new string('c', 64)}", [1, 2, 3]);
        string theirs = cache.Write("murder-peer-notes.txt", [1]);
        foreach (string path in new[] { self, old, theirs })
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-8));
            File.SetLastAccessTimeUtc(path, DateTime.UtcNow.AddDays(-8));
        }

        Assert.Equal(3, AgentCache.RemoveOld(self, DateTimeOffset.UtcNow, _ => { }));

        Assert.Equal(new[] { self, fresh, theirs }.Order(), Directory.EnumerateFiles(cache.Path).Order());
        Assert.Equal(0, AgentCache.RemoveOld("/usr/bin/dotnet", DateTimeOffset.UtcNow, _ => { }));
    }

    private IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(_host.Layout.Releases).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private void Write(string path)
    {
        string full = Path.Combine(_host.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, "x");
    }
}
