namespace Murder.Swarm;

/// <summary>
/// Description of a release: its files, their order and the hash of every piece, and the identity of all that. Immutable, and only
/// made by <see cref="MetainfoBuilder"/> or <see cref="MetainfoReader"/>, both of which validate every path.
/// </summary>
public sealed class Metainfo
{
    private readonly Hash256[][] _pieceHashes;
    private readonly Hash256[][]?[] _layersAbovePieces; // by file, then by layers above the pieces; made when first asked for
    private readonly ReadOnlyMemory<byte> _bytes;

    internal Metainfo(string name, PieceLayout layout, IReadOnlyList<FileEntry> files, Hash256[][] pieceHashes, InfoHash infoHash, bool isPrivate, ReadOnlyMemory<byte> bytes)
    {
        Name = name;
        Layout = layout;
        Files = files;
        InfoHash = infoHash;
        IsPrivate = isPrivate;
        _pieceHashes = pieceHashes;
        _layersAbovePieces = new Hash256[][]?[files.Count];
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

    /// <summary>The layer whose nodes are piece hashes, counted from the blocks.</summary>
    public int PieceLayer => MerkleTree.HeightOver(Layout.BlocksPerPiece);

    /// <summary>The layer of the file's pieces root. The file is not empty.</summary>
    public int TreeHeightOf(int file) => MerkleTree.HeightOver((int)Layout.BlockCountOfFile(file));

    /// <summary>
    /// A node of the file's tree, as far as the metainfo determines it: the root, and everything from the piece layer up, padding
    /// included. The layers above the pieces are computed once a file and kept (a second computation by another thread gives the same).
    /// </summary>
    public bool TryGetNode(int file, int layer, int index, out Hash256 node)
    {
        node = default;
        int height = TreeHeightOf(file);
        if (index < 0 || layer > height || (layer < PieceLayer && layer < height) || index >= 1L << (height - layer))
        {
            return false;
        }

        ReadOnlySpan<Hash256> nodes = layer <= PieceLayer ? _pieceHashes[file] : LayersAbovePiecesOf(file)[layer - PieceLayer - 1];
        node = index < nodes.Length ? nodes[index] : MerkleTree.PadNode(layer);
        return true;
    }

    private Hash256[][] LayersAbovePiecesOf(int file)
    {
        if (_layersAbovePieces[file] is { } made)
        {
            return made;
        }

        Hash256[][] layers = new Hash256[TreeHeightOf(file) - PieceLayer][];
        ReadOnlySpan<Hash256> below = _pieceHashes[file];
        for (int at = 0; at < layers.Length; at++)
        {
            below = layers[at] = MerkleTree.Parents(below, PieceLayer + at);
        }

        return _layersAbovePieces[file] = layers;
    }
}
