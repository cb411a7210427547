using System.Security.Cryptography;

namespace Murder.Swarm.IO.Tests;

/// <param name="SymlinkTarget">relative to the release</param>
internal sealed record TestFile(string Path, int Length = 0, bool IsExecutable = false, string? SymlinkTarget = null);

/// <summary>A folder with files of random content, and its metainfo. The same seed gives the same release.</summary>
internal sealed class TestRelease
{
    private const string Name = "shop";

    private readonly Dictionary<string, byte[]> _content = [];
    private readonly TestFile[] _files;

    public TestRelease(string directory, int pieceLength, ulong seed, params TestFile[] files)
    {
        Directory = directory;
        _files = files;
        SwarmRandom random = new(seed);
        foreach (TestFile file in files.Where(file => file.SymlinkTarget is null))
        {
            byte[] content = new byte[file.Length];
            for (int at = 0; at < content.Length; at += sizeof(ulong))
            {
                byte[] draw = BitConverter.GetBytes(random.Next());
                draw.AsSpan(0, Math.Min(draw.Length, content.Length - at)).CopyTo(content.AsSpan(at));
            }

            _content[file.Path] = content;
            string path = Path.Combine(directory, file.Path);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        Metainfo = MetainfoBuilder.Build(Name, pieceLength, [.. files.Select(file => Hash(file, pieceLength))]);
    }

    public string Directory { get; }

    public Metainfo Metainfo { get; }

    public byte[] ContentOf(string path) => _content[path];

    /// <summary>The bytes of a piece, block by block.</summary>
    public ReadOnlyMemory<byte>[] BlocksOf(int piece)
    {
        PieceLayout layout = Metainfo.Layout;
        byte[] content = _content[Metainfo.Files[layout.FileOf(piece)].Path];
        return [.. Enumerable.Range(0, layout.BlockCount(piece)).Select(index => layout.Block(piece, index))
            .Select(block => new ReadOnlyMemory<byte>(content, (int)layout.FileOffset(piece) + block.Offset, block.Length))];
    }

    /// <summary>Fails unless the folder holds this release, all of it and nothing else.</summary>
    public void AssertIsAt(string directory)
    {
        string[] there = [.. System.IO.Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(directory, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Assert.Equal(_files.Select(file => file.Path).Order(StringComparer.Ordinal), there);
        foreach (TestFile file in _files)
        {
            string path = Path.Combine(directory, file.Path);
            if (file.SymlinkTarget is { } target)
            {
                Assert.Equal(Path.Combine(directory, target), new FileInfo(path).ResolveLinkTarget(returnFinalTarget: false)!.FullName);
                continue;
            }

            Assert.Null(new FileInfo(path).LinkTarget);
            Assert.True(_content[file.Path].AsSpan().SequenceEqual(File.ReadAllBytes(path)), $"{file.Path} differs");
            Assert.Equal(file.IsExecutable, File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute));
        }
    }

    private HashedFile Hash(TestFile file, int pieceLength)
    {
        List<Hash256> pieces = [];
        for (int start = 0; start < file.Length; start += pieceLength)
        {
            ReadOnlySpan<byte> piece = _content[file.Path].AsSpan(start, Math.Min(pieceLength, file.Length - start));
            List<Hash256> leaves = [];
            for (int at = 0; at < piece.Length; at += PieceLayout.BlockLength)
            {
                leaves.Add(new Hash256(SHA256.HashData(piece.Slice(at, Math.Min(PieceLayout.BlockLength, piece.Length - at)))));
            }

            pieces.Add(MerkleTree.PieceRoot(leaves.ToArray(), pieceLength / PieceLayout.BlockLength, file.Length <= pieceLength));
        }

        return new HashedFile(file.Path, file.Length, file.IsExecutable, file.SymlinkTarget, pieces);
    }
}
