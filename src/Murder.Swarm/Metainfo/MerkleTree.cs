namespace Murder.Swarm;

/// <summary>The Merkle trees of BEP 52: branching factor 2, leaves are SHA-256 of 16 KiB blocks, missing leaves are zero.</summary>
public static class MerkleTree
{
    /// <summary>
    /// The hash of a piece from its leaves. A piece of a file longer than one piece is padded with zero leaves to
    /// <paramref name="blocksPerPiece"/>; a file's only piece is padded to the next power of two, so that its hash is the pieces root.
    /// </summary>
    public static Hash256 PieceRoot(ReadOnlySpan<Hash256> leaves, int blocksPerPiece, bool isOnlyPieceOfFile) => throw new NotImplementedException();
}
