namespace Murder.Swarm;

/// <summary>
/// Description of a release: its files, their order and the hash of every piece, and the identity of all that. Immutable, and only
/// made by <see cref="MetainfoBuilder"/> or <see cref="MetainfoReader"/>, both of which validate every path.
/// </summary>
public sealed class Metainfo
{
    private readonly int[] _hashesAt; // by file: where in the bytes the hashes of its pieces stand
    private readonly ReadOnlyMemory<byte> _bytes;
    private Hash256[][]?[]? _layersAbovePieces; // by file, then by layers above the pieces; made when first asked for
    private int[]? _filesByRoot; // those that have pieces; made when first asked for

    internal Metainfo(string name, PieceLayout layout, FileIndex files, int[] hashesAt, InfoHash infoHash, bool isPrivate, ReadOnlyMemory<byte> bytes)
    {
        Name = name;
        Layout = layout;
        Files = files;
        InfoHash = infoHash;
        IsPrivate = isPrivate;
        _hashesAt = hashesAt;
        _bytes = bytes;
    }

    public string Name { get; }

    public PieceLayout Layout { get; }

    /// <summary>
    /// Files and symlinks in the order of the file tree, which is the order of the pieces. Each is read out of the bytes when it is asked for: who
    /// needs one again and again keeps it.
    /// </summary>
    public IReadOnlyList<FileEntry> Files { get; }

    public InfoHash InfoHash { get; }

    /// <summary>BEP 27: peers come from the tracker only.</summary>
    public bool IsPrivate { get; }

    /// <summary>The bencoded file, canonical: what a <c>.torrent</c> holds.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The hashes of the file's pieces, in order. For a file of one piece that is its <see cref="FileEntry.PiecesRoot"/>.</summary>
    public ReadOnlySpan<Hash256> PieceHashesOf(int file) => Hash256.In(_bytes.Span.Slice(_hashesAt[file], Layout.PieceCountOf(file) * Hash256.Size));

    /// <summary>Root of the tree of a file that is not empty.</summary>
    public Hash256 PiecesRootOf(int file) => Layout.PieceCountOf(file) == 1 ? PieceHashesOf(file)[0] : Files[file].PiecesRoot;

    /// <summary>The files whose content has this root, which are equal. Sought by hash requests only, which are rare: the order is made for the first of them.</summary>
    public ReadOnlySpan<int> FilesOf(in Hash256 piecesRoot)
    {
        int[] files = _filesByRoot ??= FilesByRoot();
        (int first, int end) = (0, files.Length);
        while (first < end)
        {
            int middle = (first + end) / 2;
            (first, end) = Hash256.Compare(PiecesRootOf(files[middle]), piecesRoot) < 0 ? (middle + 1, end) : (first, middle);
        }

        while (end < files.Length && PiecesRootOf(files[end]) == piecesRoot)
        {
            end++;
        }

        return files.AsSpan(first, end - first);
    }

    /// <summary>Root of the subtree over the piece's blocks, padded as BEP 52 says (see <see cref="MerkleTree.PieceRoot"/>).</summary>
    public Hash256 PieceHash(int piece)
    {
        int file = Layout.FileOf(piece);
        return PieceHashesOf(file)[piece - Layout.FirstPieceOf(file)];
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

        ReadOnlySpan<Hash256> nodes = layer <= PieceLayer ? PieceHashesOf(file) : LayersAbovePiecesOf(file)[layer - PieceLayer - 1];
        node = index < nodes.Length ? nodes[index] : MerkleTree.PadNode(layer);
        return true;
    }

    private Hash256[][] LayersAbovePiecesOf(int file)
    {
        Hash256[][]?[] all = _layersAbovePieces ??= new Hash256[][]?[Files.Count];
        if (all[file] is { } made)
        {
            return made;
        }

        Hash256[][] layers = new Hash256[TreeHeightOf(file) - PieceLayer][];
        ReadOnlySpan<Hash256> below = PieceHashesOf(file);
        for (int at = 0; at < layers.Length; at++)
        {
            below = layers[at] = MerkleTree.Parents(below, PieceLayer + at);
        }

        return all[file] = layers;
    }

    /// <summary>A second computation by another thread gives the same.</summary>
    private int[] FilesByRoot()
    {
        int[] files = [.. Enumerable.Range(0, Layout.FileCount).Where(file => Layout.PieceCountOf(file) > 0)];
        Hash256[] roots = Array.ConvertAll(files, PiecesRootOf);
        Array.Sort(roots, files, Comparer<Hash256>.Create(Hash256.Compare));
        return files;
    }
}
