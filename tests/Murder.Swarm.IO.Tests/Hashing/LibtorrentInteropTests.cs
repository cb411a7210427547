namespace Murder.Swarm.IO.Tests;

/// <summary>libtorrent 2.0.8 is the judge of what a version 2 metainfo is.</summary>
public class LibtorrentInteropTests
{
    private const int KiB = 1024;

    [Theory]
    [InlineData(16 * KiB)]
    [InlineData(64 * KiB)]
    [InlineData(1024 * KiB)]
    public async Task Our_info_hash_is_the_one_libtorrent_computes(int pieceLength)
    {
        using HashedFolder folder = EveryKindOfFile();

        Metainfo ours = await folder.MetainfoAsync(pieceLength);
        LibtorrentTorrent theirs = LibtorrentReference.Create(folder.Path, pieceLength, folder.Torrent("theirs.torrent"));

        Assert.Equal(theirs.InfoHash, ours.InfoHash.ToString());
    }

    [Fact]
    public async Task The_info_hash_of_a_folder_of_one_file_is_libtorrents_too()
    {
        using HashedFolder folder = new HashedFolder().File("only.dll", 300_000);

        Metainfo ours = await folder.MetainfoAsync(64 * KiB);
        LibtorrentTorrent theirs = LibtorrentReference.Create(folder.Path, 64 * KiB, folder.Torrent("theirs.torrent"));

        Assert.Equal(theirs.InfoHash, ours.InfoHash.ToString());

        // The oddity: to libtorrent this is a single-file torrent, which lies directly in the save path, whatever the torrent's name.
        Assert.Equal("only.dll", Assert.Single(theirs.Files).Path);
    }

    [Fact]
    public async Task Libtorrent_loads_our_torrent_and_sees_what_we_see()
    {
        using HashedFolder folder = EveryKindOfFile()
            .Link("lib/deep/up", "../../wwwroot/site.css", "wwwroot/site.css")
            .Link("lib/beside", "a.dll", "lib/a.dll");
        Metainfo ours = await folder.MetainfoAsync(64 * KiB, "http://[::1]:6969/secret/announce");
        File.WriteAllBytes(folder.Torrent("ours.torrent"), ours.Bytes.Span);

        LibtorrentTorrent seen = LibtorrentReference.Load(folder.Torrent("ours.torrent"));

        Assert.Equal(ours.InfoHash.ToString(), seen.InfoHash);
        Assert.Equal(ours.Layout.PieceLength, seen.PieceLength);
        Assert.Equal(ours.Layout.PieceCount, seen.Pieces);
        Assert.True(seen.Private);
        Assert.Equal(["http://[::1]:6969/secret/announce"], seen.Trackers);
        Assert.Equal(
            ours.Files.Select(file => new LibtorrentFile($"app/{file.Path}", file.Length, file.IsExecutable, file.SymlinkTarget is { } target ? $"app/{target}" : null)),
            seen.Files);
    }

    [Fact]
    public async Task We_load_libtorrents_torrent_and_see_what_we_would_have_made()
    {
        using HashedFolder folder = EveryKindOfFile();
        Metainfo ours = await folder.MetainfoAsync(64 * KiB);
        LibtorrentReference.Create(folder.Path, 64 * KiB, folder.Torrent("theirs.torrent"));

        Assert.True(MetainfoReader.TryRead(File.ReadAllBytes(folder.Torrent("theirs.torrent")), out Metainfo? theirs, out string? error), error);

        Assert.Equal(ours.InfoHash, theirs!.InfoHash);
        Assert.Equal(ours.Files, theirs.Files);
        Assert.Equal(Enumerable.Range(0, ours.Layout.PieceCount).Select(ours.PieceHash), Enumerable.Range(0, theirs.Layout.PieceCount).Select(theirs.PieceHash));
        Assert.True(theirs.IsPrivate);
    }

    private static HashedFolder EveryKindOfFile() => new HashedFolder()
        .File("app", 70_000, isExecutable: true)
        .File("app.dll", 1)
        .File("empty", 0)
        .File("empty.sh", 0, isExecutable: true)
        .File("lib/a.dll", 16 * KiB)
        .File("lib/b.dll", 64 * KiB)
        .File("lib/c.dll", (64 * KiB) + 1)
        .File("lib.json", 3 * 64 * KiB)
        .File("wwwroot/site.css", 16 * KiB - 1)
        .File("wwwroot/Ünïcode/写真.jpg", 1_234_567)
        .File("wwwroot/😀", 40_000)
        .File("wwwroot/\uFFFC", 40_001) // sorts before the emoji by bytes, after it by UTF-16
        .File("big.bin", 5 * 1024 * KiB + 77)
        .Link("current", "lib/a.dll", "lib/a.dll")
        .Link("static", "wwwroot", "wwwroot")
        .Link("through", "static/site.css", "static/site.css");
}
