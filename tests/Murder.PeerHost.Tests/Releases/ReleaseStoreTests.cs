using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests;

public sealed class ReleaseStoreTests : IDisposable
{
    private readonly HostFixture _host = new("srv/app");
    private readonly List<string> _warnings = [];

    private ReleaseStore Store => ReleaseStore.At(_host.Root, _warnings.Add, TimeProvider.System, FileSteps.Unobserved);

    public void Dispose() => _host.Dispose();

    [Fact]
    public void StagedReleasesComeInOrderOfTheirTimeNotTheirVersion()
    {
        ReleaseId late = _host.Stage(ReleaseId.Parse("1.9.0-20261124T000000Z-aaaaaaaa"));
        ReleaseId early = _host.Stage(ReleaseId.Parse("1.10.0-20261123T000000Z-bbbbbbbb"));

        Assert.Equal([early, late], Store.Staged());
    }

    [Fact]
    public void WhatIsNoReleaseIsIgnored()
    {
        ReleaseId release = _host.Stage("1.0.0");
        Directory.CreateDirectory(Path.Combine(_host.Layout.Releases, ".hidden"));
        Directory.CreateDirectory(Path.Combine(_host.Layout.Releases, "old releases"));
        Directory.CreateSymbolicLink(Path.Combine(_host.Layout.Releases, "latest"), release.Value);
        File.WriteAllText(Path.Combine(_host.Layout.Releases, "1.0.1-20261123T031500Z-5f2a9c1d"), "a file");
        Directory.CreateDirectory(_host.Layout.Partial(HostFixture.Release("1.0.2")));

        Assert.Equal([release], Store.Staged());
        Assert.Equal([HostFixture.Release("1.0.2")], Store.Partials());
    }

    [Fact]
    public void APartialOfTheSameContentIsResumedUnderTheNewId()
    {
        ReleaseId older = HostFixture.Release("1.0.0", "11111111");
        ReleaseId other = HostFixture.Release("1.0.0", "22222222");
        ReleaseId release = HostFixture.Release("1.0.1", "11111111");
        Directory.CreateDirectory(_host.Layout.Partial(older));
        Directory.CreateDirectory(_host.Layout.Partial(other));

        Assert.True(Store.TryResume(release));

        Assert.Equal([other, release], Store.Partials().OrderBy(id => id.ContentId == "11111111"));
        Assert.False(Store.TryResume(HostFixture.Release("1.0.1", "33333333")));
    }

    [Fact]
    public void CurrentIsReadFromTheLinkWhoeverMadeIt()
    {
        ReleaseId release = _host.Stage("1.0.0");
        Assert.Null(Store.Current());

        Directory.CreateSymbolicLink(_host.Layout.Current, _host.Layout.Release(release));
        Assert.Equal(release.Value, Store.Current());

        Directory.Delete(_host.Layout.Current);
        Directory.CreateSymbolicLink(_host.Layout.Current, "/opt/elsewhere");
        Assert.Equal("/opt/elsewhere", Store.Current());
    }

    [Fact]
    public void ALinkThatLeadsNowhereIsReplaced()
    {
        ReleaseId release = _host.Stage("1.0.0");
        File.CreateSymbolicLink(_host.Layout.Current, "releases/gone");

        Store.SwapCurrent(release);

        Assert.Equal(release.Value, _host.ActiveText());
        Assert.Equal(["current", "releases"], Names(_host.Root));
    }

    [Fact]
    public void ASwapThatWasCutShortIsNoHindrance()
    {
        ReleaseId release = _host.Stage("1.0.0");
        File.CreateSymbolicLink(Path.Combine(_host.Root, $".current.{Environment.ProcessId}"), "releases/gone");
        File.CreateSymbolicLink(Path.Combine(_host.Root, ".current.1"), ReleaseLayout.CurrentTarget(release));

        Store.SwapCurrent(release);

        Assert.Equal(release.Value, Store.Current());
        Assert.Equal(["current", "releases"], Names(_host.Root));
    }

    [Fact]
    public void CurrentIsRemovedWhereverItLeadsAndNothingElseIs()
    {
        ReleaseId release = _host.Stage("1.0.0");
        Store.SwapCurrent(release);

        Store.RemoveCurrent();

        Assert.Null(Store.Current());
        Assert.Equal(["releases"], Names(_host.Root));
        Assert.True(Store.IsStaged(release));
        File.CreateSymbolicLink(_host.Layout.Current, "releases/gone");
        Store.RemoveCurrent();
        Assert.Equal(["releases"], Names(_host.Root));
        Directory.CreateDirectory(_host.Layout.Current);
        Assert.Equal(HostFailure.ActivationFailed, Assert.Throws<VerbException>(Store.RemoveCurrent).Failure);
        Assert.True(Directory.Exists(_host.Layout.Current));
    }

    [Fact]
    public void EntriesOfOlderAgentsAreRead()
    {
        ReleaseId first = _host.Stage("1.0.0");
        ReleaseId second = _host.Stage("1.1.0");
        Store.Prepare();
        File.WriteAllText(_host.Layout.AuditLog, $$"""
            {"time":"2026-11-23T03:15:00+00:00","verb":"stage","release":"{{first}}","previous":null,"deployedBy":"ann","result":"ok"}
            {"time":"2026-11-23T03:15:01+00:00","verb":"activate","release":"{{first}}","previous":null,"deployedBy":"ann","result":"ok"}
            {"time":"2026-11-24T03:15:01+00:00","verb":"activate","release":"{{second}}","previous":"{{first}}","deployedBy":"ann","result":"ok"}

            """);
        Store.SwapCurrent(second);

        Assert.Equal(first.Value, Store.Previous());
    }

    [Fact]
    public void PreviousIsTheLastOtherReleaseThatIsStillThere()
    {
        ReleaseId[] ids = [_host.Stage("1.0.0"), _host.Stage("1.1.0"), _host.Stage("1.2.0")];
        ReleaseStore store = Store;
        store.Prepare();
        Assert.Null(store.Previous());
        for (int at = 0; at < ids.Length; at++)
        {
            store.SwapCurrent(ids[at]);
            store.Audit(AuditEntry.Activate, ids[at], at == 0 ? null : ids[at - 1].Value, "ann", AuditEntry.Ok);
        }

        store.Audit(AuditEntry.Activate, ids[0], ids[2].Value, "ann", "it failed");
        File.AppendAllText(_host.Layout.AuditLog, "{\"cut sho");

        Assert.Equal(ids[1].Value, store.Previous());
        Directory.Delete(_host.Layout.Release(ids[1]), recursive: true);
        Assert.Equal(ids[0].Value, store.Previous());
        Assert.Empty(_warnings);
    }

    [Fact]
    public void AnEntryAfterOneThatWasCutShortIsNotLostWithIt()
    {
        ReleaseId[] ids = [_host.Stage("1.0.0"), _host.Stage("1.1.0")];
        Store.Prepare();
        File.WriteAllText(_host.Layout.AuditLog, "{\"cut sho");

        Store.Audit(AuditEntry.Activate, ids[1], ids[0].Value, "ann", AuditEntry.Ok);

        Store.SwapCurrent(ids[1]);
        Assert.Equal(ids[0].Value, Store.Previous());
        Assert.Equal(2, File.ReadAllLines(_host.Layout.AuditLog).Length);
    }

    [Fact]
    public void AnEntryIsOneLineThatPeopleCanRead()
    {
        Store.Prepare();

        Store.Audit(AuditEntry.Rollback, release: null, "1.0.0", "Jörg <joerg@ci>", "HookFailed: 'x' said \"no\"\n");

        Assert.EndsWith(
            """
            "verb":"rollback","release":null,"previous":"1.0.0","deployedBy":"Jörg <joerg@ci>","result":"HookFailed: 'x' said \"no\"\n"}
            """,
            Assert.Single(File.ReadAllLines(_host.Layout.AuditLog)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void AnAuditThatCannotBeWrittenIsAWarning()
    {
        ReleaseStore store = Store;
        store.Prepare();
        Directory.CreateDirectory(_host.Layout.AuditLog);

        store.Audit(AuditEntry.Activate, HostFixture.Release("1.0.0"), null, "ann", AuditEntry.Ok);

        Assert.Single(_warnings);
    }

    [Fact]
    public async Task OnlyFoldersThatItMadeAndThatAreEmptyAreRemoved()
    {
        Directory.CreateDirectory(_host.Root);
        ReleaseStore store = Store;
        store.Prepare();
        using (await store.TakeLockAsync(Claim("ann"), CancellationToken.None))
        {
            store.RemoveUnusedFolders();
        }

        Assert.Empty(Names(_host.Root));

        store = Store;
        store.Prepare();
        _host.Stage("1.0.0");
        using (await store.TakeLockAsync(Claim("ann"), CancellationToken.None))
        {
            store.RemoveUnusedFolders();
        }

        Assert.Equal(["releases"], Names(_host.Root));
    }

    /// <summary>Of two deploys that meet, the one that began first waits until the other has given way.</summary>
    [Theory]
    [InlineData(1, 2, 20)]
    [InlineData(2, 1, 5)]
    public async Task WhoBeganFirstWaitsLongerForALock(int waiting, int holding, int seconds)
    {
        HurryingTime time = new();
        ReleaseStore store = ReleaseStore.At(_host.Root, _ => { }, time, FileSteps.Unobserved);
        store.Prepare();
        using ReleaseLock held = await store.TakeLockAsync(Claim("ann") with { DeployStartedAt = DateTimeOffset.UnixEpoch.AddSeconds(holding) }, CancellationToken.None);
        long startedAt = time.GetTimestamp();

        await Assert.ThrowsAsync<VerbException>(() => store.TakeLockAsync(Claim("bob") with { DeployStartedAt = DateTimeOffset.UnixEpoch.AddSeconds(waiting) }, CancellationToken.None));

        Assert.InRange(time.GetElapsedTime(startedAt).TotalSeconds, seconds, seconds + 1);
    }

    [Fact]
    public async Task TheLockIsHeldByOneAndSaysByWhom()
    {
        ReleaseStore store = Store;
        store.Prepare();
        Assert.Null(store.LockedBy());
        using (await store.TakeLockAsync(Claim("ann@laptop"), CancellationToken.None))
        {
            Assert.StartsWith("ann@laptop (agent process ", store.LockedBy(), StringComparison.Ordinal);
            VerbException refused = await Assert.ThrowsAsync<VerbException>(() => Store.TakeLockAsync(Claim("bob@ci"), CancellationToken.None));
            Assert.Equal(HostFailure.Locked, refused.Failure);
            Assert.Contains("ann@laptop", refused.Message, StringComparison.Ordinal);
        }

        Assert.Null(store.LockedBy());
        (await store.TakeLockAsync(Claim("bob@ci"), CancellationToken.None)).Dispose();
    }

    [Fact]
    public void FreeSpaceIsThatOfTheNearestFolderThatExists()
    {
        Assert.False(Directory.Exists(_host.Root));
        Assert.True(Store.FreeSpace().Bytes > 0);
    }

    private static IEnumerable<string?> Names(string folder) => Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private ActivateCommand Claim(string deployedBy) => new(_host.Root, Release: null, deployedBy);
}
