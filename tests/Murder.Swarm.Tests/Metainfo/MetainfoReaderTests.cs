using System.Text;
using CsCheck;
using static Murder.Swarm.Tests.ReleaseGen;

namespace Murder.Swarm.Tests;

public class MetainfoReaderTests
{
    private static readonly string Root = new('R', 32);
    private static readonly string OneFile = $"d1:ad0:d6:lengthi1e11:pieces root32:{Root}eee";

    [Fact]
    public void The_smallest_release_is_read() => Accepted(Torrent());

    [Fact]
    public void Unknown_keys_are_passed_over_and_count_for_the_info_hash()
    {
        string extended = Info()[..^1] + "9:x-unknownli1eee";

        Metainfo metainfo = Accepted($"d7:comment2:hi13:creation datei5e4:info{extended}12:piece layersdee");

        Assert.Equal(Hash256.Of(Encoding.Latin1.GetBytes(extended)), metainfo.InfoHash.Full);
        Assert.False(Accepted(Torrent(info: Info(isPrivate: ""))).IsPrivate);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("le")]
    [InlineData("de")]
    [InlineData("d4:infode12:piece layersdee")]
    [InlineData("d4:infoi1e12:piece layersdee")]
    [InlineData("d4:infode12:piece layersdeed")]
    public void What_is_no_metainfo_is_refused(string text) => Refused("", text);

    [Fact]
    public void The_fields_of_the_info_dictionary_are_checked()
    {
        Refused("piece layers", $"d4:info{Info()}e");
        Refused("announce", $"d8:announcei1e4:info{Info()}12:piece layersdee");
        Refused("version 2", Torrent(info: Info(version: "i1e")));
        Refused("version 2", Torrent(info: Info(version: "i3e")));
        Refused("wrong kind", Torrent(info: Info(version: "1:2")));
        Refused("wrong kind", Torrent(info: Info(name: "i1e")));
        Refused("wrong kind", Torrent(info: Info(name: "1:\u00ff")));
        Refused("'.' or '..'", Torrent(info: Info(name: "2:..")));
        Refused("separates", Torrent(info: Info(name: "3:a/b")));
        Refused("piece length", Torrent(info: Info(pieceLength: "i16383e")));
        Refused("piece length", Torrent(info: Info(pieceLength: "i8192e")));
        Refused("piece length", Torrent(info: Info(pieceLength: "i16777216e")));
        Refused("piece length", Torrent(info: Info(pieceLength: "i-16384e")));
        Refused("piece length", Torrent(info: Info(pieceLength: "i9223372036854775807e")));
        Refused("'private'", Torrent(info: Info(isPrivate: "7:privatei2e")));
        Refused("wrong kind", Torrent(info: Info(tree: "le")));
        Refused("hybrid", Torrent(info: Info().Replace("12:meta", "5:filesle12:meta")));
        Refused("hybrid", Torrent(info: Info().Replace("7:private", "6:pieces0:7:private")));
    }

    [Theory]
    [InlineData("d0:d6:lengthi1eee")] // the root is a file
    [InlineData("d1:ai1ee")]
    [InlineData("d1:ad0:i1eee")]
    [InlineData("d1:ad0:deee")] // no length
    [InlineData("d1:ad0:d6:lengthi-1eeee")]
    [InlineData("d1:ad0:d6:lengthi9223372036854775807eeee")]
    [InlineData("d1:ad0:d6:length1:1eee")]
    [InlineData("d1:ad0:d6:lengthi1eeee")] // no root
    [InlineData("d1:ad0:d6:lengthi1e11:pieces root1:Reee")]
    [InlineData("d1:ad0:d6:lengthi0e11:pieces root32:RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRReee")]
    [InlineData("d1:ad0:d6:lengthi1e11:pieces root32:\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0eee")]
    [InlineData("d1:ad0:d6:lengthi0ee1:bd0:d6:lengthi0eeeee")] // a file that is a folder
    [InlineData("d1:ad0:d4:attr1:p6:lengthi0eeee")]
    [InlineData("d1:ad0:d4:attri1e6:lengthi0eeee")]
    [InlineData("d1:ad0:d4:attr1:leee")] // no target
    [InlineData("d1:ad0:d4:attr1:l12:symlink pathleeee")]
    [InlineData("d1:ad0:d4:attr1:l12:symlink pathli1eeeee")]
    [InlineData("d1:ad0:d4:attr1:l12:symlink pathl3:b/ceeee")]
    [InlineData("d1:ad0:d4:attr1:l12:symlink pathl0:1:beeee")]
    [InlineData("d1:ad0:d4:attr1:l12:symlink pathl2:..1:beeee")]
    [InlineData("d1:ad0:d4:attr1:l6:lengthi1e12:symlink pathl1:beeee")]
    [InlineData("d1:ad0:d6:lengthi0e12:symlink pathl1:beeee")]
    [InlineData("d2:..d0:d6:lengthi0eeee")]
    [InlineData("d2:..d1:ad0:d6:lengthi0eeeee")]
    [InlineData("d3:a/bd0:d6:lengthi0eeee")]
    [InlineData("d2:a\0d0:d6:lengthi0eeee")]
    [InlineData("d1:\u0080d0:d6:lengthi0eeee")] // not UTF-8
    [InlineData("d1:Ad0:d6:lengthi0eee1:ad0:d6:lengthi0eeee")]
    public void A_tree_that_is_malformed_or_unsafe_is_refused(string tree)
    {
        // With a sound file beside it, so that nothing else is wrong.
        string sound = $"2:\u00c3\u00bcd0:d6:lengthi1e11:pieces root32:{Root}eee";
        Assert.False(MetainfoReader.TryRead(Encoding.Latin1.GetBytes(Torrent(info: Info(tree: tree[..^1] + sound))), out _, out string? error));
        Assert.DoesNotContain("bencoding", error);
    }

    [Fact]
    public void The_tests_above_would_accept_the_sound_file() =>
        Accepted(Torrent(info: Info(tree: $"d1:ad0:d6:lengthi0eee2:\u00c3\u00bcd0:d6:lengthi1e11:pieces root32:{Root}eee")));

    [Fact]
    public void Depth_of_folders_is_bounded()
    {
        string Nested(int depth) => string.Concat(Enumerable.Repeat("d1:a", depth)) + OneFile + new string('e', depth);

        Accepted(Torrent(info: Info(tree: Nested(ReleasePath.DepthMax - 1))));
        Refused("deeper", Torrent(info: Info(tree: Nested(ReleasePath.DepthMax))));
        Refused("levels", Torrent(info: Info(tree: Nested(1000))));
    }

    [Fact]
    public void Piece_layers_must_be_there_whole_and_lead_to_their_root()
    {
        byte[] sound = Build(File("a", 100_000)).Bytes.ToArray();
        Hash256[] pieces = [.. File("a", 100_000).PieceHashes];
        string root = Encoding.Latin1.GetString(MerkleTree.FileRoot(pieces, 2).ToArray());
        string info = Encoding.Latin1.GetString(sound)[..Encoding.Latin1.GetString(sound).IndexOf("12:piece layers", StringComparison.Ordinal)];
        string layer = string.Concat(pieces.Select(hash => Encoding.Latin1.GetString(hash.ToArray())));
        string With(string layers) => $"{info}12:piece layersd{layers}ee";

        Accepted(With($"32:{root}128:{layer}"));
        Refused("missing", With(""));
        Refused("does not lead", With($"32:{root}96:{layer[..96]}"));
        Refused("does not lead", With($"32:{root}128:{layer[32..]}{layer[..32]}"));
        Refused("does not consist", With($"32:{root}127:{layer[..127]}"));
        Refused("does not consist", With($"32:{root}0:"));
        Refused("does not consist", With($"32:{root}i1e"));
        Refused("does not consist", With($"31:{root[..31]}128:{layer}"));
        Refused("belong to no file", With($"32:{root}128:{layer}32:{new string('\u00ff', 32)}32:{new string('\u00ff', 32)}"));
    }

    [Fact]
    public void A_huge_file_without_its_layer_costs_nothing()
    {
        string tree = $"d1:ad0:d6:lengthi{MetainfoLimits.FileLengthMax}e11:pieces root32:{Root}eee";
        byte[] text = Encoding.Latin1.GetBytes(Torrent(info: Info(tree: tree)));
        MetainfoReader.TryRead(text, out _, out _);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(MetainfoReader.TryRead(text, out _, out string? error));
        Assert.Contains("pieces", error);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void Damaged_metainfo_is_refused_in_a_sentence_and_never_throws() =>
        BencodeGen.Mutated(Files.Where(IsRelease).Select(files => Build(files).Bytes.ToArray())).Sample(bytes =>
        {
            bool isRead = MetainfoReader.TryRead(bytes, out Metainfo? metainfo, out string? error);
            Assert.Equal(isRead, metainfo is not null);
            Assert.Equal(isRead, error is null);
            Assert.True(isRead || error!.EndsWith('.'), error);
        });

    private static bool IsRelease(HashedFile[] files)
    {
        try
        {
            Build(files);
            return true;
        }
        catch (MetainfoException)
        {
            return false;
        }
    }

    private static string Torrent(string? info = null) => $"d4:info{info ?? Info()}12:piece layersdee";

    private static string Info(string? tree = null, string version = "i2e", string name = "3:app", string pieceLength = "i16384e", string isPrivate = "7:privatei1e") =>
        $"d9:file tree{tree ?? OneFile}12:meta version{version}4:name{name}12:piece length{pieceLength}{isPrivate}e";

    private static Metainfo Accepted(string text)
    {
        Assert.True(MetainfoReader.TryRead(Encoding.Latin1.GetBytes(text), out Metainfo? metainfo, out string? error), error);
        return metainfo!;
    }

    private static void Refused(string reason, string text)
    {
        Assert.False(MetainfoReader.TryRead(Encoding.Latin1.GetBytes(text), out Metainfo? metainfo, out string? error));
        Assert.Null(metainfo);
        Assert.Contains(reason, error);
        Assert.EndsWith(".", error);
    }
}
