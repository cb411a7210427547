using System.Numerics;

namespace Murder.Swarm;

/// <summary>The Merkle trees of BEP 52: branching factor 2, leaves are SHA-256 of 16 KiB blocks, missing leaves are zero.</summary>
public static class MerkleTree
{
    /// <summary>Layers of the largest tree: a file's blocks are counted by an <see cref="int"/>.</summary>
    public const int LayersMax = 32;

    private static readonly Hash256[] PadNodes = MakePadNodes();

    /// <summary>
    /// The hash of a piece from its leaves. A piece of a file longer than one piece is padded with zero leaves to
    /// <paramref name="blocksPerPiece"/>; a file's only piece is padded to the next power of two, so that its hash is the pieces root.
    /// </summary>
    public static Hash256 PieceRoot(ReadOnlySpan<Hash256> leaves, int blocksPerPiece, bool isOnlyPieceOfFile) =>
        Root(leaves, isOnlyPieceOfFile ? HeightOver(leaves.Length) : HeightOver(blocksPerPiece), 0);

    /// <summary>The pieces root of a file from the hashes of its pieces: a single one is the root itself.</summary>
    public static Hash256 FileRoot(ReadOnlySpan<Hash256> pieceHashes, int blocksPerPiece) =>
        Root(pieceHashes, HeightOver(pieceHashes.Length), HeightOver(blocksPerPiece));

    /// <summary>Root of a subtree that covers nothing of the file: <paramref name="layer"/> layers over zero leaves.</summary>
    public static Hash256 PadNode(int layer) => PadNodes[layer];

    /// <summary>Layers over so many nodes up to their single root: the binary logarithm, rounded up.</summary>
    public static int HeightOver(int nodes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        return nodes == 1 ? 0 : BitOperations.Log2((uint)nodes - 1) + 1;
    }

    /// <summary>The layer above these nodes; an odd last one is paired with the padding of its layer.</summary>
    /// <param name="layer">of the nodes given: 0 for leaves</param>
    public static Hash256[] Parents(ReadOnlySpan<Hash256> nodes, int layer)
    {
        Hash256[] parents = new Hash256[(nodes.Length + 1) / 2];
        Combine(nodes, parents, layer);
        return parents;
    }

    /// <summary>The node <paramref name="height"/> layers above the first of these nodes, which are padded on the right.</summary>
    /// <param name="nodes">at least one, at most two to the power of the height</param>
    /// <param name="layer">of the nodes given: 0 for leaves</param>
    public static Hash256 Root(ReadOnlySpan<Hash256> nodes, int height, int layer)
    {
        if (nodes.IsEmpty || nodes.Length > 1L << height)
        {
            throw new ArgumentException($"{nodes.Length} nodes have no root {height} layers above them", nameof(nodes));
        }

        if (height == 0)
        {
            return nodes[0];
        }

        // One allocation, the first layer's; the others overwrite it from the left, behind what is still to be read.
        Span<Hash256> parents = Parents(nodes, layer);
        for (int above = 1; above < height; above++)
        {
            Span<Hash256> next = parents[..((parents.Length + 1) / 2)];
            Combine(parents, next, layer + above);
            parents = next;
        }

        return parents[0];
    }

    private static void Combine(ReadOnlySpan<Hash256> nodes, Span<Hash256> parents, int layer)
    {
        for (int at = 0; at < parents.Length; at++)
        {
            int right = (2 * at) + 1;
            parents[at] = Hash256.Combine(nodes[2 * at], right < nodes.Length ? nodes[right] : PadNode(layer));
        }
    }

    private static Hash256[] MakePadNodes()
    {
        Hash256[] nodes = new Hash256[LayersMax];
        for (int layer = 1; layer < nodes.Length; layer++)
        {
            nodes[layer] = Hash256.Combine(nodes[layer - 1], nodes[layer - 1]);
        }

        return nodes;
    }
}
