using System.Text;
using CsCheck;
using static Murder.Swarm.Tests.ReleaseGen;

namespace Murder.Swarm.Tests;

public class MetainfoBuilderTests
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    [Fact]
    public void The_text_is_the_one_BEP_52_and_BEP_47_describe()
    {
        Hash256 root = Hash256.Of("content"u8);
        Metainfo metainfo = MetainfoBuilder.Build(
            "app",
            PieceLength,
            [new HashedFile("lib/a", 7, true, null, [root]), Link("b", "lib/a"), File("c", 0)],
            "http://tracker/announce");

        string info = "d9:file treed1:bd0:d4:attr2:xl12:symlink pathl3:lib1:aeee1:cd0:d6:lengthi0eee3:libd1:ad0:d4:attr1:x6:lengthi7e"
            + $"11:pieces root32:{Encoding.Latin1.GetString(root.ToArray())}eeee12:meta versioni2e4:name3:app12:piece lengthi32768e7:privatei1ee";
        Assert.Equal($"d8:announce23:http://tracker/announce4:info{info}12:piece layersdee", Encoding.Latin1.GetString(metainfo.Bytes.Span));
        Assert.Equal(Hash256.Of(Encoding.Latin1.GetBytes(info)), metainfo.InfoHash.Full);
    }

    [Fact]
    public void The_order_of_the_files_and_the_tracker_do_not_change_the_info_hash()
    {
        HashedFile[] files = [File("b/c", 100_000), File("b", 1), File("a", 40_000), File("B.x", 2), Link("l", "b")];
        HashedFile[] sorted = [.. files.Where(file => file.Path != "b")];

        Metainfo metainfo = Build(sorted);
        Array.Reverse(sorted);

        Assert.Equal(metainfo.Bytes.ToArray(), Build(sorted).Bytes.ToArray());
        Assert.Equal(metainfo.InfoHash, MetainfoBuilder.Build("app", PieceLength, sorted, "http://elsewhere").InfoHash);
    }

    [Fact]
    public void Files_come_in_the_order_of_the_file_tree() =>
        Assert.Equal(
            ["B", "a/b", "a/c", "a.b", "aa", "\uFFFC", "😀"], // by the bytes of each component: the folder 'a' comes before 'a.b'
            Build(File("😀"), File("aa"), File("a/c"), File("a.b"), File("\uFFFC"), File("B"), File("a/b")).Files.Select(file => file.Path));

    [Fact]
    public void What_is_built_is_read_back_and_what_cannot_be_a_release_is_refused_in_a_sentence() =>
        Files.Sample(files =>
        {
            try
            {
                Metainfo built = Build(files);
                Assert.True(MetainfoReader.TryRead(built.Bytes, out Metainfo? read, out string? error), error);
                Assert.Equal(built.InfoHash, read!.InfoHash);
                Assert.Equal(
                    files.Select(file => (file.Path, file.Length, file.IsExecutable, file.SymlinkTarget)).Order(),
                    read.Files.Select(file => (file.Path, file.Length, file.IsExecutable, file.SymlinkTarget)).Order());
                for (int file = 0; file < read.Files.Count; file++)
                {
                    Assert.Equal(files.Single(original => original.Path == read.Files[file].Path).PieceHashes, read.PieceHashesOf(file).ToArray());
                }
            }
            catch (MetainfoException refusal)
            {
                Assert.EndsWith(".", refusal.Message);
            }
        });

    [Fact]
    public void Identical_files_share_their_piece_layer()
    {
        HashedFile file = File("a", 100_000);

        Metainfo metainfo = Build(file, file with { Path = "b" });

        Assert.Equal(8, metainfo.Layout.PieceCount);
        Assert.Equal(metainfo.PieceHash(0), metainfo.PieceHash(4));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a:b")]
    [InlineData("")]
    public void An_unsafe_path_is_refused_by_name(string path)
    {
        MetainfoException refusal = Assert.Throws<MetainfoException>(() => Build(File(path)));
        Assert.StartsWith($"The path '{path}' ", refusal.Message);
    }

    [Fact]
    public void Paths_that_cannot_live_together_are_refused()
    {
        Refused("twice", File("a"), File("a"));
        Refused("another case", File("a/b"), File("A/B"));
        Refused("twice, or goes through", File("a"), File("a/b"));
        Refused("a folder and also", File("A"), File("a/b"));
        Refused("twice, or goes through", File("x"), Link("a", "x"), File("a/b"));
        Refused("a folder and also", File("x"), Link("A", "x"), File("a/b"));
    }

    [Fact]
    public void Folders_that_differ_by_case_only_may_hold_different_files() =>
        Assert.Equal(2, Build(File("zh-Hans/a.dll"), File("zh-hans/b.dll")).Files.Count);

    [Fact]
    public void Links_that_leave_or_lead_in_a_circle_are_refused()
    {
        Refused("'.' or '..'", File("x"), Link("a", "../x"));
        Refused("is absolute", File("x"), Link("a", "/x"));
        Refused("is empty", File("x"), Link("a", ""));
        Refused("circle", File("x"), Link("a", "a"));
        Refused("circle", File("x"), Link("a", "A"));
        Refused("circle", File("x"), Link("a", "b"), Link("b", "c"), Link("c", "a"));
        Refused("circle", File("x"), Link("a", "b/c"), Link("b", "a"));
        Refused("circle", File("x"), Link("d/a", "e/a"), Link("e", "d"));
    }

    [Fact]
    public void Links_through_links_and_to_nothing_are_links() =>
        Assert.Equal(5, Build(File("v1/lib/x"), Link("current", "v1"), Link("lib", "current/lib"), Link("x", "lib/x"), Link("y", "nothing/here")).Files.Count);

    [Fact]
    public void A_release_without_a_byte_is_refused() => Refused("no file with content", File("a", 0), Link("b", "a"));

    [Theory]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a/b")]
    public void The_name_must_be_a_file_name(string name) => Assert.Throws<MetainfoException>(() => MetainfoBuilder.Build(name, PieceLength, [File("a")]));

    [Theory]
    [InlineData(8 * KiB)]
    [InlineData(48 * KiB)]
    [InlineData(16 * MiB)]
    public void The_piece_length_must_be_usable(int pieceLength) => Assert.Throws<MetainfoException>(() => MetainfoBuilder.Build("app", pieceLength, [File("a")]));

    [Fact]
    public void Hashes_that_do_not_fit_the_length_are_a_bug() =>
        Assert.Throws<ArgumentException>(() => Build(new HashedFile("a", PieceLength + 1, false, null, [Hash256.Of("a"u8)])));

    [Theory]
    [InlineData(0, 16 * KiB)]
    [InlineData(925_515, 16 * KiB)] // webapi, framework-dependent
    [InlineData(13_770_944, 16 * KiB)] // webapp, framework-dependent
    [InlineData(110_469_617, 128 * KiB)] // webapi, self-contained
    [InlineData(1L << 40, 4 * MiB)]
    public void The_chosen_piece_length_gives_six_hundred_pieces(long totalLength, int pieceLength) =>
        Assert.Equal(pieceLength, MetainfoBuilder.ChoosePieceLength([totalLength / 2, totalLength - (totalLength / 2)]));

    private static void Refused(string reason, params HashedFile[] files) =>
        Assert.Contains(reason, Assert.Throws<MetainfoException>(() => Build(files)).Message);
}
