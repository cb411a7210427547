using System.Collections.Concurrent;
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
        Assert.Contains($"needs {length} more", failed.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_host.Layout.Releases));
        Assert.Empty(_events.Sent);
    }

    private async Task<VerbException> FailAsync(FetchCommand command)
    {
        FetchOptions options = new() { ProgressInterval = TimeSpan.FromMilliseconds(50), StallAfter = TimeSpan.FromSeconds(3) };
        await using FetchVerb fetch = new(command, _events, options, _ => { }, TimeProvider.System);
        return await Assert.ThrowsAsync<VerbException>(() => fetch.StageAsync(CancellationToken.None));
    }

    private sealed class EventList : IEventSink
    {
        public ConcurrentQueue<AgentEvent> Sent { get; } = new();

        public void Send(AgentEvent agentEvent) => Sent.Enqueue(agentEvent);
    }
}
