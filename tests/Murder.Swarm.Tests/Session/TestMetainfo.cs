namespace Murder.Swarm.Tests;

/// <summary>A metainfo without content: every block's leaf is made up, everything above follows from it as BEP 52 says.</summary>
internal sealed class TestMetainfo
{
    public const int Block = PieceLayout.BlockLength;

    private readonly Hash256[][] _leaves; // by file

    public TestMetainfo(int pieceLength, params long[] fileLengths)
    {
        PieceLayout layout = new(pieceLength, fileLengths);
        _leaves = new Hash256[fileLengths.Length][];
        List<HashedFile> files = [];
        for (int file = 0; file < fileLengths.Length; file++)
        {
            _leaves[file] = [.. Enumerable.Range(0, (int)layout.BlockCountOfFile(file)).Select(block => Hash256.Of(BitConverter.GetBytes(((long)file << 32) + block)))];
            Hash256[] pieces = [.. Enumerable.Range(0, layout.PieceCountOf(file)).Select(piece => NodeOf(layout, file, pieceLength / Block, piece))];
            files.Add(new HashedFile($"file{file:0000}", fileLengths[file], false, null, pieces)); // names that keep the order
        }

        Metainfo = MetainfoBuilder.Build("test", pieceLength, files, announce: null, pieceLengthMax: int.MaxValue);
    }

    public Metainfo Metainfo { get; }

    public PieceLayout Layout => Metainfo.Layout;

    /// <summary>Pieces of one size in one file.</summary>
    public static TestMetainfo OfPieces(int pieces, int blocksPerPiece) => new(blocksPerPiece * Block, (long)pieces * blocksPerPiece * Block);

    public Hash256 LeafOf(BlockRef block) => LeafOf(Layout.FileOf(block.Piece), (int)(Layout.FileOffset(block.Piece) / Block) + block.Index);

    /// <summary>Zero beyond the end of the file.</summary>
    public Hash256 LeafOf(int file, int block) => block < _leaves[file].Length ? _leaves[file][block] : default;

    /// <summary>A node of a file's tree, the slow and plain way.</summary>
    public Hash256 Node(int file, int layer, int index) => layer == 0
        ? LeafOf(file, index)
        : Hash256.Combine(Node(file, layer - 1, 2 * index), Node(file, layer - 1, (2 * index) + 1));

    private Hash256 NodeOf(PieceLayout layout, int file, int blocksPerPiece, int piece) =>
        layout.PieceCountOf(file) == 1 ? RootOf(layout, file) : Node(file, int.Log2(blocksPerPiece), piece);

    private Hash256 RootOf(PieceLayout layout, int file) =>
        Node(file, int.Log2((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)layout.BlockCountOfFile(file))), 0);
}
