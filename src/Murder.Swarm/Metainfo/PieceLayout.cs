namespace Murder.Swarm;

/// <summary>
/// Every formula that relates byte, block, piece and file. BEP 52 aligns each file to a piece, so a piece lies in exactly one
/// file, and the last piece of each file may be short. Files of length 0 have no pieces.
/// </summary>
public sealed class PieceLayout
{
    /// <summary>Bytes of a block, the unit of a request and a leaf of the Merkle tree (BEP 52).</summary>
    public const int BlockLength = 16 * 1024;

    private readonly long[] _fileLengths;
    private readonly int[] _firstPieceOfFile; // one more than there are files: the last entry is PieceCount
    private readonly int[] _fileOfPiece;

    /// <param name="pieceLength">bytes, a power of two of at least 16 KiB</param>
    /// <param name="fileLengths">bytes of each file, in the order of the metainfo</param>
    public PieceLayout(int pieceLength, IReadOnlyList<long> fileLengths)
    {
        if (!IsPieceLength(pieceLength))
        {
            throw new ArgumentOutOfRangeException(nameof(pieceLength), pieceLength, "a power of two of at least 16 KiB");
        }

        PieceLength = pieceLength;
        _fileLengths = [.. fileLengths];
        _firstPieceOfFile = new int[_fileLengths.Length + 1];
        long pieces = 0;
        for (int file = 0; file < _fileLengths.Length; file++)
        {
            _firstPieceOfFile[file] = (int)pieces;
            TotalLength += _fileLengths[file];
            pieces += (_fileLengths[file] + pieceLength - 1) / pieceLength;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(pieces, int.MaxValue, nameof(fileLengths));
        }

        _firstPieceOfFile[^1] = (int)pieces;
        _fileOfPiece = new int[pieces];
        for (int file = 0; file < _fileLengths.Length; file++)
        {
            _fileOfPiece.AsSpan(_firstPieceOfFile[file], PieceCountOf(file)).Fill(file);
        }
    }

    public int PieceLength { get; }

    public int PieceCount => _fileOfPiece.Length;

    public int FileCount => _fileLengths.Length;

    /// <summary>Bytes of all files.</summary>
    public long TotalLength { get; }

    /// <summary>Blocks of a piece that is not cut short by the end of its file.</summary>
    public int BlocksPerPiece => PieceLength / BlockLength;

    public static bool IsPieceLength(long pieceLength) =>
        pieceLength is >= BlockLength and <= int.MaxValue && (pieceLength & (pieceLength - 1)) == 0;

    public int FileOf(int piece) => _fileOfPiece[piece];

    public int FirstPieceOf(int file) => _firstPieceOfFile[file];

    public int PieceCountOf(int file) => _firstPieceOfFile[file + 1] - _firstPieceOfFile[file];

    public long LengthOf(int file) => _fileLengths[file];

    /// <summary>Where the piece starts in its file, in bytes.</summary>
    public long FileOffset(int piece) => (long)(piece - _firstPieceOfFile[_fileOfPiece[piece]]) * PieceLength;

    /// <summary>Bytes of this piece.</summary>
    public int SizeOf(int piece) => (int)Math.Min(PieceLength, _fileLengths[_fileOfPiece[piece]] - FileOffset(piece));

    public int BlockCount(int piece) => (SizeOf(piece) + BlockLength - 1) / BlockLength;

    /// <summary>Blocks of a file, which are the leaves of its Merkle tree before padding.</summary>
    public long BlockCountOfFile(int file) => (_fileLengths[file] + BlockLength - 1) / BlockLength;

    public BlockRef Block(int piece, int blockIndex)
    {
        int offset = blockIndex * BlockLength;
        return new BlockRef(piece, offset, Math.Min(BlockLength, SizeOf(piece) - offset));
    }

    /// <summary>
    /// True for the last block of a file when its length is given as a whole block, as libtorrent asks for it: it counts the gap up to the next
    /// file's first piece as zeros of the piece (the padding files of BEP 47).
    /// </summary>
    public bool IsPaddedBlock(BlockRef block) =>
        (uint)block.Piece < (uint)PieceCount
        && block.Offset >= 0
        && block.Offset % BlockLength == 0
        && block.Offset < SizeOf(block.Piece)
        && block.Length == BlockLength;

    /// <summary>True when the reference is exactly one block of this layout: what may be requested, sent and stored.</summary>
    public bool IsBlock(BlockRef block) =>
        (uint)block.Piece < (uint)PieceCount
        && block.Offset >= 0
        && block.Offset % BlockLength == 0
        && block.Offset < SizeOf(block.Piece)
        && block.Length == Math.Min(BlockLength, SizeOf(block.Piece) - block.Offset);
}
