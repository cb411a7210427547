namespace Murder.Swarm;

/// <summary>A block of a piece: what one request asks for and one piece message carries. Offset and length in bytes.</summary>
public readonly record struct BlockRef(int Piece, int Offset, int Length)
{
    /// <summary>Position of the block in its piece.</summary>
    public int Index => Offset / PieceLayout.BlockLength;
}
