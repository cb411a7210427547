namespace Murder.Swarm;

/// <summary>
/// Description of a release: its files, their order and the hash of every piece, and the identity of all that. Immutable, and only
/// made by <see cref="MetainfoBuilder"/> or <see cref="MetainfoReader"/>, both of which validate every path.
/// </summary>
public sealed class Metainfo
{
    private readonly Hash256[][] _pieceHashes;
    private readonly byte[] _bytes;

    internal Metainfo(string name, PieceLayout layout, IReadOnlyList<FileEntry> files, Hash256[][] pieceHashes, InfoHash infoHash, bool isPrivate, byte[] bytes)
    {
        Name = name;
        Layout = layout;
        Files = files;
        InfoHash = infoHash;
        IsPrivate = isPrivate;
        _pieceHashes = pieceHashes;
        _bytes = bytes;
    }

    public string Name { get; }

    public PieceLayout Layout { get; }

    /// <summary>Files and symlinks in the order of the file tree, which is the order of the pieces.</summary>
    public IReadOnlyList<FileEntry> Files { get; }

    public InfoHash InfoHash { get; }

    /// <summary>BEP 27: peers come from the tracker only.</summary>
    public bool IsPrivate { get; }

    /// <summary>The bencoded file, canonical: what a <c>.torrent</c> holds.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The hashes of the file's pieces, in order. For a file of one piece that is its <see cref="FileEntry.PiecesRoot"/>.</summary>
    public ReadOnlySpan<Hash256> PieceHashesOf(int file) => _pieceHashes[file];

    /// <summary>Root of the subtree over the piece's blocks, padded as BEP 52 says (see <see cref="MerkleTree.PieceRoot"/>).</summary>
    public Hash256 PieceHash(int piece)
    {
        int file = Layout.FileOf(piece);
        return _pieceHashes[file][piece - Layout.FirstPieceOf(file)];
    }
}
