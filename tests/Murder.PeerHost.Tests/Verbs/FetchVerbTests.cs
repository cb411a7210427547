using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost.Tests;

/// <summary>Failures that would take a real agent too long, or a machine too small.</summary>
public sealed class FetchVerbTests : IDisposable
{
    private readonly HostFixture _host = new();
    private readonly EventList _events = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task ASwarmThatSendsNothingMoreIsNamedAndWhatIsVerifiedStays()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(gateBytes: 2 * 1024 * 1024);
        ReleaseId release = seeded.Release("1.0.0");

        VerbException failed = await FailAsync(seeded.Fetch(_host, release));

        Assert.Equal(HostFailure.SwarmStalled, failed.Failure);
        Assert.Contains(release.Value, failed.Message, StringComparison.Ordinal);
        Assert.True(_events.Sent.OfType<AgentProgress>().Last().VerifiedBytes > 0);
        Assert.True(Directory.Exists(_host.Layout.Partial(release)));
    }

    /// <summary>The commonest reason is a firewall, and only the tracker's address tells a person where.</summary>
    [Fact]
    public async Task ATrackerThatCannotBeReachedIsNamed()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();

        VerbException failed = await FailAsync(seeded.Fetch(_host, seeded.Release("1.0.0")) with { AnnounceUrls = ["https://127.0.0.1:9/announce"] });

        Assert.Equal(HostFailure.SwarmStalled, failed.Failure);
        Assert.Contains("127.0.0.1:9", failed.Message, StringComparison.Ordinal);
    }

    /// <summary>Without it a deployer could not tell a slow disk from one that hangs.</summary>
    [Fact]
    public async Task WhatTheDiskIsBusyWithIsSaid()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();

        await StageAsync(seeded.Fetch(_host, seeded.Release("1.0.0")));
        Assert.Equal(AgentWork.Syncing, Assert.Single(_events.Sent.OfType<AgentWorking>().Select(working => working.Work).Distinct()));

        _events.Sent.Clear();
        await StageAsync(seeded.Fetch(_host, seeded.Release("1.0.0")));
        Assert.Equal(AgentWork.Checking, Assert.Single(_events.Sent.OfType<AgentWorking>().Select(working => working.Work).Distinct()));
    }

    [Fact]
    public void WorkThatGetsOnSaysSo()
    {
        WorkReport work = new(AgentWork.Syncing, _events, new FetchOptions { ProgressInterval = TimeSpan.Zero }, TimeProvider.System);
        work.Step();
        work.Step();

        Assert.Equal([0, 1, 2], _events.Sent.Cast<AgentWorking>().Select(working => working.Done));
    }

    [Fact]
    public async Task AReleaseLargerThanTheDiskIsRefusedBeforeItsFirstByte()
    {
        Directory.CreateDirectory(_host.Root);
        long length = new DriveInfo(_host.Root).AvailableFreeSpace * 2;
        const int pieceLength = 8 * 1024 * 1024;
        int pieces = (int)((length + pieceLength - 1) / pieceLength);
        Hash256[] hashes = [.. Enumerable.Range(0, pieces).Select(piece => Hash256.Of(BitConverter.GetBytes(piece)))];
        Metainfo metainfo = MetainfoBuilder.Build("app", pieceLength, [new HashedFile("huge.bin", length, IsExecutable: false, SymlinkTarget: null, hashes)]);
        FetchCommand command = new()
        {
            Root = _host.Root,
            Release = HostFixture.Release("1.0.0"),
            Metainfo = metainfo.Bytes.ToArray(),
            AnnounceUrls = [],
            Port = 0,
            Seed = 1,
        };

        VerbException failed = await FailAsync(command);

        Assert.Equal(HostFailure.DiskFull, failed.Failure);
        Assert.Contains($"needs {DiskSpace.NeededBy(metainfo, new Bitfield(pieces)).Bytes} more", failed.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_host.Layout.Releases));
        Assert.Empty(_events.Sent);
    }

    private async Task StageAsync(FetchCommand command)
    {
        await using FetchVerb fetch = new(command, _events, byChannel: null, FetchOptions.Default, _ => { }, TimeProvider.System, FileSteps.Unobserved);
        await fetch.StageAsync(CancellationToken.None);
    }

    private async Task<VerbException> FailAsync(FetchCommand command)
    {
        FetchOptions options = new() { ProgressInterval = TimeSpan.FromMilliseconds(50), StallAfter = TimeSpan.FromSeconds(3) };
        await using FetchVerb fetch = new(command, _events, byChannel: null, options, _ => { }, TimeProvider.System, FileSteps.Unobserved);
        return await Assert.ThrowsAsync<VerbException>(() => fetch.StageAsync(CancellationToken.None));
    }
}
