using Murder.Testing;

namespace Murder.Swarm.IO.Tests;

public sealed class PieceStoreTests : IDisposable
{
    private const int PieceLength = 64 * 1024;

    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pieces_written_in_any_order_become_the_release()
    {
        TestRelease release = Sample();
        using PieceStore store = PieceStore.OpenForFetching(_folder.Combine("partial"), release.Metainfo);

        WriteAll(release, store);
        await store.FinishAsync(default);

        release.AssertIsAt(_folder.Combine("partial"));
        Assert.True((await store.VerifyAsync(default)).IsFull);
    }

    [Fact]
    public async Task What_is_there_already_is_checked_piece_by_piece()
    {
        TestRelease release = Sample();
        string partial = _folder.Combine("partial");
        using (PieceStore first = PieceStore.OpenForFetching(partial, release.Metainfo))
        {
            WriteAll(release, first);
        }

        int big = FileNumber(release, "lib/big.dll");
        using (FileStream damaged = File.OpenWrite(Path.Combine(partial, "lib/big.dll")))
        {
            damaged.Position = PieceLength + 5;
            damaged.WriteByte(release.ContentOf("lib/big.dll")[PieceLength + 5] is 0 ? (byte)1 : (byte)0);
        }

        File.Delete(Path.Combine(partial, "app"));
        File.AppendAllText(Path.Combine(partial, "lib/one.dll"), "a tail that does not belong here");
        using (FileStream cut = File.OpenWrite(Path.Combine(partial, "lib/two.dll")))
        {
            cut.SetLength(0);
        }

        using PieceStore store = PieceStore.OpenForFetching(partial, release.Metainfo);
        Bitfield verified = await store.VerifyAsync(default);

        PieceLayout layout = release.Metainfo.Layout;
        int[] wrong = [layout.FirstPieceOf(big) + 1, layout.FirstPieceOf(FileNumber(release, "app")), layout.FirstPieceOf(FileNumber(release, "lib/two.dll"))];
        Assert.Equal(wrong.Order(), Enumerable.Range(0, layout.PieceCount).Where(piece => !verified[piece]));

        Array.ForEach(wrong, piece => store.WritePiece(piece, release.BlocksOf(piece)));
        await store.FinishAsync(default);
        release.AssertIsAt(partial);
    }

    [Fact]
    public async Task Leftovers_cannot_lead_a_write_out_of_the_folder()
    {
        TestRelease release = Sample();
        string precious = _folder.Write("elsewhere/precious", "unharmed"u8);
        string partial = _folder.Combine("partial");
        Directory.CreateDirectory(partial);
        Directory.CreateSymbolicLink(Path.Combine(partial, "lib"), _folder.Combine("elsewhere"));
        File.CreateSymbolicLink(Path.Combine(partial, "app"), precious);
        Run("mkfifo", Path.Combine(partial, "empty"));
        _folder.Write("partial/readme", "not of this release"u8);
        _folder.Write("partial/deep/er/file", "not of this release"u8);
        Directory.CreateDirectory(Path.Combine(partial, "alias"));

        using (PieceStore store = PieceStore.OpenForFetching(partial, release.Metainfo))
        {
            Assert.Equal(0, (await store.VerifyAsync(default)).Count);
            WriteAll(release, store);
            await store.FinishAsync(default);
        }

        release.AssertIsAt(partial);
        Assert.Equal(["precious"], Directory.EnumerateFileSystemEntries(_folder.Combine("elsewhere")).Select(Path.GetFileName));
        Assert.Equal("unharmed", File.ReadAllText(precious));
    }

    [Fact]
    public void A_file_that_has_a_second_name_is_not_written_through()
    {
        TestRelease release = Sample();
        string older = _folder.Write("older/app", "the release that is running"u8);
        Directory.CreateDirectory(_folder.Combine("partial"));
        Run("ln", older, _folder.Combine("partial", "app"));

        using PieceStore store = PieceStore.OpenForFetching(_folder.Combine("partial"), release.Metainfo);
        WriteAll(release, store);

        Assert.Equal("the release that is running", File.ReadAllText(older));
    }

    [Fact]
    public void A_folder_that_is_itself_a_link_is_replaced()
    {
        TestRelease release = Sample();
        _folder.Write("elsewhere/precious", "unharmed"u8);
        Directory.CreateSymbolicLink(_folder.Combine("partial"), _folder.Combine("elsewhere"));

        using PieceStore store = PieceStore.OpenForFetching(_folder.Combine("partial"), release.Metainfo);
        WriteAll(release, store);

        Assert.Null(new DirectoryInfo(_folder.Combine("partial")).LinkTarget);
        Assert.Equal("unharmed", File.ReadAllText(_folder.Combine("elsewhere", "precious")));
    }

    [Fact]
    public async Task Modes_are_those_of_a_release_whatever_the_umask()
    {
        TestRelease release = Sample();
        int before = Umask.Set(0x3F); // 077
        try
        {
            using PieceStore store = PieceStore.OpenForFetching(_folder.Combine("partial"), release.Metainfo);
            WriteAll(release, store);
            await store.FinishAsync(default);
        }
        finally
        {
            Umask.Set(before);
        }

        Assert.Equal("755 app\n755 lib\n644 lib/big.dll\n644 empty\n755 .", Run("stat", "-c", "%a %n", "app", "lib", "lib/big.dll", "empty", "."));
    }

    [Fact]
    public async Task Finishing_twice_changes_nothing()
    {
        TestRelease release = Sample();
        using PieceStore store = PieceStore.OpenForFetching(_folder.Combine("partial"), release.Metainfo);
        WriteAll(release, store);

        await store.FinishAsync(default);
        await store.FinishAsync(default);

        release.AssertIsAt(_folder.Combine("partial"));
    }

    [Fact]
    public void A_full_disk_is_called_a_full_disk()
    {
        TestRelease release = new(_folder.Combine("release"), PieceLength, seed: 1, new TestFile("big", 4 * 1024 * 1024));
        using TestMount small = TestMount.Tmpfs(_folder.Combine("small"), "size=1m");
        using PieceStore store = PieceStore.OpenForFetching(Path.Combine(small.Path, "partial"), release.Metainfo);

        StorageException e = Assert.Throws<StorageException>(() => WriteAll(release, store));

        Assert.Equal(StorageFailure.DiskFull, e.Failure);
        Assert.EndsWith("big", e.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_disk_is_a_matter_of_permission()
    {
        TestRelease release = Sample();
        using TestMount small = TestMount.Tmpfs(_folder.Combine("small"), "ro");

        StorageException e = Assert.Throws<StorageException>(() => PieceStore.OpenForFetching(Path.Combine(small.Path, "partial"), release.Metainfo));

        Assert.Equal(StorageFailure.PermissionDenied, e.Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_vanished_from_the_seeder_is_missing(bool entirely)
    {
        TestRelease release = Sample();
        using PieceStore store = PieceStore.OpenForSeeding(release.Directory, release.Metainfo);
        string path = Path.Combine(release.Directory, "app");
        if (entirely)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, "cut");
        }

        int piece = release.Metainfo.Layout.FirstPieceOf(FileNumber(release, "app"));
        StorageException e = Assert.Throws<StorageException>(() => store.ReadBlock(release.Metainfo.Layout.Block(piece, 0), new byte[PieceLayout.BlockLength]));

        Assert.Equal((StorageFailure.Missing, path), (e.Failure, e.Path));
    }

    [Fact]
    public void Leaves_are_the_hashes_of_the_blocks()
    {
        TestRelease release = Sample();
        using PieceStore store = PieceStore.OpenForSeeding(release.Directory, release.Metainfo);
        int file = FileNumber(release, "lib/big.dll");
        int last = (int)release.Metainfo.Layout.BlockCountOfFile(file) - 1;

        Hash256[] leaves = store.ReadLeaves(file, last - 1, 2);

        byte[] content = release.ContentOf("lib/big.dll");
        Assert.Equal(Hash256.Of(content.AsSpan((last - 1) * PieceLayout.BlockLength, PieceLayout.BlockLength)), leaves[0]);
        Assert.Equal(Hash256.Of(content.AsSpan(last * PieceLayout.BlockLength)), leaves[1]);
    }

    [Fact]
    public async Task Reading_goes_on_while_the_folder_moves()
    {
        TestFile[] files = [.. Enumerable.Range(0, 2 * PieceStore.OpenFilesMax).Select(n => new TestFile($"d{n % 7}/f{n}", 100 + n))];
        TestRelease release = new(_folder.Combine("at0"), PieceLength, seed: 3, files);
        using PieceStore store = PieceStore.OpenForFetching(release.Directory, release.Metainfo);
        using CancellationTokenSource moved = new();
        Task[] readers = [.. Enumerable.Range(0, 3).Select(reader => Task.Run(() => ReadUntil(release, store, (ulong)reader, moved.Token)))];

        for (int move = 1; move <= 50; move++)
        {
            string to = _folder.Combine($"at{move}");
            string from = _folder.Combine($"at{move - 1}");
            store.Relocate(to, () => Directory.Move(from, to));
        }

        await moved.CancelAsync();
        await Task.WhenAll(readers);
        release.AssertIsAt(_folder.Combine("at50"));
    }

    [Fact]
    public void Many_files_pass_through_few_handles()
    {
        TestFile[] files = [.. Enumerable.Range(0, 1000).Select(n => new TestFile($"d{n % 50}/f{n}", 1 + n % 50))];
        TestRelease release = new(_folder.Combine("release"), PieceLength, seed: 4, files);
        string partial = _folder.Combine("partial");
        using PieceStore store = PieceStore.OpenForFetching(partial, release.Metainfo);

        WriteAll(release, store);

        int open = new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(fd => fd.LinkTarget?.StartsWith(partial, StringComparison.Ordinal) == true);
        Assert.InRange(open, 1, PieceStore.OpenFilesMax);
        release.AssertIsAt(partial);
    }

    [Theory]
    [InlineData("a", "b", "b")]
    [InlineData("lib/a", "lib/b", "b")]
    [InlineData("lib/x/a", "bin/b", "../../bin/b")]
    [InlineData("a", "lib/b", "lib/b")]
    [InlineData("lib/current/a", "lib", "..")]
    public void A_link_counts_from_its_own_folder(string link, string target, string expected) =>
        Assert.Equal(expected, ReleaseFinisher.TargetFromLink(link, target));

    private static void ReadUntil(TestRelease release, PieceStore store, ulong seed, CancellationToken end)
    {
        SwarmRandom random = new(seed);
        byte[] buffer = new byte[PieceLayout.BlockLength];
        while (!end.IsCancellationRequested)
        {
            int piece = random.Next(release.Metainfo.Layout.PieceCount);
            BlockRef block = release.Metainfo.Layout.Block(piece, 0);
            store.ReadBlock(block, buffer);
            Assert.True(release.BlocksOf(piece)[0].Span.SequenceEqual(buffer.AsSpan(0, block.Length)));
        }
    }

    private static void WriteAll(TestRelease release, PieceStore store)
    {
        for (int piece = release.Metainfo.Layout.PieceCount - 1; piece >= 0; piece--)
        {
            store.WritePiece(piece, release.BlocksOf(piece));
        }
    }

    private static int FileNumber(TestRelease release, string path) => release.Metainfo.Files.ToList().FindIndex(file => file.Path == path);

    private TestRelease Sample() => new(
        _folder.Combine("release"),
        PieceLength,
        seed: 1,
        new TestFile("app", 50_000, IsExecutable: true),
        new TestFile("alias", SymlinkTarget: "app"),
        new TestFile("empty"),
        new TestFile("lib/big.dll", (5 * PieceLength) + 20_000),
        new TestFile("lib/one.dll", PieceLength),
        new TestFile("lib/two.dll", 1),
        new TestFile("lib/up", SymlinkTarget: "app"),
        new TestFile("wwwroot/css/site.css", 300));

    private string Run(string command, params string[] arguments) => TestProcess.Run(_folder.Combine("partial"), command, arguments);
}
