using System.Text;
using Murder.Swarm;

namespace Murder.Fuzzing;

/// <summary>Whatever the reader accepts can be written to a disk: every path and link stays inside, and building it again gives the same release.</summary>
internal sealed class MetainfoTarget : IFuzzTarget
{
    private const int PieceLength = 16 * 1024;

    public string Name => "metainfo";

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        Build(File("a", 1)),
        Build(File("app", 100_000, isExecutable: true), File("lib/b", 16 * 1024), File("lib/deep/empty", 0), Link("lib/l", "app"), Link("m", "lib/l")),
        Build(File("aa", 1), File("bb/cc", 2), File("bb/d", 3), Link("ee", "bb")), // names as long as '..', which tokens replace
        Build(File("big", 3_000_000), File("same/big", 3_000_000), Link("d", "same")),
    ];

    public IReadOnlyList<byte[]> Tokens { get; } = [.. new[]
    {
        "2:..", "1:.", "0:", "1:/", "3:a/b", "1:\\", "1:\0", "1:A", "1:a", "1:d", "4:attr1:l", "4:attr2:xl", "12:symlink path", "l1:ae", "l2:..e", "le", "d0:d",
        "6:lengthi0e", "6:lengthi16385e", "6:lengthi8796093022208e", "6:lengthi9223372036854775807e", "6:lengthi-1e", "12:piece lengthi8388608e", "d1:a", "e", "ee",
    }.Select(Encoding.Latin1.GetBytes)];

    public long AllocationMax(int inputLength) => (256 * 1024) + (256L * inputLength);

    public void Run(byte[] input)
    {
        bool isRead = MetainfoReader.TryRead(input, out Metainfo? metainfo, out string? error);
        if (isRead != (error is null) || isRead != (metainfo is not null))
        {
            throw new FuzzFindException("an answer that is neither a metainfo nor a refusal");
        }

        if (metainfo is not null)
        {
            Check(metainfo);
        }
    }

    private static void Check(Metainfo metainfo)
    {
        foreach (FileEntry file in metainfo.Files)
        {
            RequireInside(file.Path);
            if (file.SymlinkTarget is not null)
            {
                RequireInside(file.SymlinkTarget);
            }
        }

        HashedFile[] files = [.. metainfo.Files.Select((file, index) =>
            new HashedFile(file.Path, file.Length, file.IsExecutable, file.SymlinkTarget, metainfo.PieceHashesOf(index).ToArray()))];
        if (!MetainfoBuilder.Build(metainfo.Name, metainfo.Layout.PieceLength, files).Files.SequenceEqual(metainfo.Files))
        {
            throw new FuzzFindException("building it again gives another release");
        }
    }

    private static void RequireInside(string path)
    {
        string full = Path.GetFullPath(path, "/release");
        if (full != $"/release/{path}")
        {
            throw new FuzzFindException($"'{path}' is somewhere else: '{full}'");
        }
    }

    private static byte[] Build(params HashedFile[] files) => MetainfoBuilder.Build("app", PieceLength, files, "http://t/a").Bytes.ToArray();

    private static HashedFile Link(string path, string target) => new(path, 0, false, target, []);

    private static HashedFile File(string path, long length, bool isExecutable = false)
    {
        Hash256[] pieces = [.. Enumerable.Range(0, (int)((length + PieceLength - 1) / PieceLength)).Select(piece => Hash256.Of(BitConverter.GetBytes(piece)))];
        return new HashedFile(path, length, isExecutable, null, pieces);
    }
}
