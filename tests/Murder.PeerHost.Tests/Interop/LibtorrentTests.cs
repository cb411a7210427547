using System.Net;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>
/// Members of a swarm with libtorrent 2.0 over real sockets, found through our tracker. That both compute the same info-hash for the same folder is
/// tested with the metainfo.
/// </summary>
public sealed class LibtorrentTests
{
    private const string Secret = "00112233445566778899aabbccddeeff";
    private const int PieceLength = 64 * 1024;

    [Fact]
    public async Task LibtorrentLeechesFromOurSeeder()
    {
        using TestDirectory directory = new();
        string publish = SamplePublishOutput.Make(directory, name: "app");
        (Metainfo metainfo, string torrent) = await DescribeAsync(directory, publish);
        await using TrackerServer tracker = new(metainfo.InfoHash, Secret, seed: 1, TimeProvider.System, IPAddress.Loopback);
        using PieceStore store = PieceStore.OpenForSeeding(publish, metainfo);
        await using SwarmDriver seeder = new(metainfo, store, Bitfield.Full(metainfo.Layout.PieceCount), announcer: null, new SwarmDriverOptions { Seed = 1 }, TimeProvider.System);
        tracker.AddLocalSeed(seeder.Self, seeder.Port);
        using CancellationTokenSource end = new();
        Task running = Task.WhenAll(tracker.RunAsync(end.Token), seeder.RunAsync(end.Token));

        await using (LibtorrentPeer leech = await LibtorrentPeer.StartAsync(torrent, directory.Combine("leech"), tracker.AnnounceUrl(IPAddress.Loopback)))
        {
            await CompleteAsync(leech);
        }

        Assert.Equal(FilesOf(publish), FilesOf(directory.Combine("leech", "app")));
        await end.CancelAsync();
        await running;
    }

    [Fact]
    public async Task OurAgentLeechesFromALibtorrentSeed()
    {
        using TestDirectory directory = new();
        string publish = SamplePublishOutput.Make(directory, name: "app");
        (Metainfo metainfo, string torrent) = await DescribeAsync(directory, publish);
        await using TrackerServer tracker = new(metainfo.InfoHash, Secret, seed: 1, TimeProvider.System, IPAddress.Loopback);
        using CancellationTokenSource end = new();
        Task running = tracker.RunAsync(end.Token);
        using HostFixture host = new();
        ReleaseId release = HostFixture.Release("1.0.0", metainfo.InfoHash.ToString()[..8]);

        await using (LibtorrentPeer seed = await LibtorrentPeer.StartAsync(torrent, directory.Path, tracker.AnnounceUrl(IPAddress.Loopback)))
        {
            await CompleteAsync(seed);
            using AgentProcess agent = await AgentProcess.StartAsync();
            await agent.SendAsync(new FetchCommand
            {
                Root = host.Root,
                Release = release,
                Metainfo = metainfo.Bytes.ToArray(),
                AnnounceUrls = [tracker.AnnounceUrl(IPAddress.Loopback).ToString()],
                Port = 0,
                Seed = 3,
            });
            await agent.ReadAsync<AgentStaged>();
            await agent.SendAsync(new StopCommand());
            await agent.ReadAsync<AgentBye>();
        }

        Assert.Equal(TreeSnapshot.Of(publish), TreeSnapshot.Of(host.Layout.Release(release)));
        await end.CancelAsync();
        await running;
    }

    private static async Task<(Metainfo Metainfo, string TorrentFile)> DescribeAsync(TestDirectory directory, string publish)
    {
        IReadOnlyList<HashedFile> hashed = await ReleaseHasher.HashAsync(publish, FilesToHash(publish), PieceLength, CancellationToken.None);
        Metainfo metainfo = MetainfoBuilder.Build("app", PieceLength, hashed);
        return (metainfo, directory.Write("app.torrent", metainfo.Bytes.Span));
    }

    private static List<FileToHash> FilesToHash(string publish) =>
    [
        .. new DirectoryInfo(publish).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Where(entry => entry is FileInfo || entry.LinkTarget is not null)
            .Where(entry => !Path.GetRelativePath(publish, entry.FullName).StartsWith("assets/", StringComparison.Ordinal)) // seen through the link
            .Select(entry => entry.LinkTarget is { } target
                ? new FileToHash(Path.GetRelativePath(publish, entry.FullName), 0, IsExecutable: false, Path.GetRelativePath(publish, Path.GetFullPath(target, Path.GetDirectoryName(entry.FullName)!)))
                : new FileToHash(Path.GetRelativePath(publish, entry.FullName), ((FileInfo)entry).Length, entry.UnixFileMode.HasFlag(UnixFileMode.UserExecute), SymlinkTarget: null)),
    ];

    private static async Task CompleteAsync(LibtorrentPeer peer)
    {
        try
        {
            await peer.Complete.WaitAsync(TimeSpan.FromSeconds(90));
        }
        catch (TimeoutException)
        {
            Assert.Fail(peer.Transcript);
        }
    }

    /// <summary>Files only: whether libtorrent makes links and modes is libtorrent's business.</summary>
    private static IEnumerable<string> FilesOf(string directory) =>
        TreeSnapshot.Of(directory).Where(line => !line.Contains(" -> ", StringComparison.Ordinal)).Select(line => line.Replace(" x ", " - ", StringComparison.Ordinal));
}
