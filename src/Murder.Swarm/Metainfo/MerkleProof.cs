using System.Numerics;

namespace Murder.Swarm;

/// <summary>Answers and verifies hash requests (BEP 52, messages 21 to 23) for the files of a metainfo.</summary>
public static class MerkleProof
{
    /// <summary>
    /// True for a request that can be answered: it lies in the file's tree, its base is the block or the piece layer (BEP 52 asks for no
    /// other), and every proof layer is below the root.
    /// </summary>
    public static bool CanAnswer(Metainfo metainfo, int file, MerkleRange range)
    {
        PieceLayout layout = metainfo.Layout;
        if ((uint)file >= (uint)layout.FileCount || layout.PieceCountOf(file) == 0)
        {
            return false;
        }

        int height = metainfo.TreeHeightOf(file);
        bool isBase = range.BaseLayer == 0 || (range.BaseLayer == metainfo.PieceLayer && layout.PieceCountOf(file) > 1);
        return isBase
            && range.Length is >= 2 and <= MerkleRange.LengthMax
            && BitOperations.IsPow2(range.Length)
            && range.Index >= 0
            && range.Index % range.Length == 0
            && (long)range.Index + range.Length <= 1L << (height - range.BaseLayer)
            && range.ProofLayers >= 0
            && range.ProofLayers < height - range.BaseLayer;
    }

    /// <summary>Which leaves must be read from the file to answer: whole pieces. None when the metainfo has all that is asked for.</summary>
    public static (int FirstBlock, int Count) LeavesFor(Metainfo metainfo, int file, MerkleRange range)
    {
        if (range.BaseLayer >= metainfo.PieceLayer)
        {
            return (0, 0); // pieces of one block are their own leaves
        }

        int blocksPerPiece = metainfo.Layout.BlocksPerPiece;
        int blocks = (int)metainfo.Layout.BlockCountOfFile(file);
        int first = range.Index / blocksPerPiece * blocksPerPiece;
        int end = (int)Math.Min(blocks, ((long)range.Index + range.Length + blocksPerPiece - 1) / blocksPerPiece * blocksPerPiece);
        return first < end ? (first, end - first) : (0, 0); // a range of nothing but padding needs no leaf
    }

    /// <summary>The hashes of the answer: the range's nodes, then the uncles from the bottom up.</summary>
    /// <param name="range">one that <see cref="CanAnswer"/> accepts</param>
    /// <param name="leaves">those that <see cref="LeavesFor"/> names</param>
    public static Hash256[] Answer(Metainfo metainfo, int file, MerkleRange range, ReadOnlySpan<Hash256> leaves)
    {
        int firstLeaf = LeavesFor(metainfo, file, range).FirstBlock;
        Hash256[] hashes = new Hash256[range.Length + range.UncleCount];
        for (int at = 0; at < range.Length; at++)
        {
            hashes[at] = NodeAt(metainfo, file, range.BaseLayer, range.Index + at, leaves, firstLeaf);
        }

        for (int uncle = 0; uncle < range.UncleCount; uncle++)
        {
            int layersUp = range.Height + uncle;
            hashes[range.Length + uncle] = NodeAt(metainfo, file, range.BaseLayer + layersUp, (range.Index >> layersUp) ^ 1, leaves, firstLeaf);
        }

        return hashes;
    }

    /// <summary>
    /// True when the hashes lead to a node that the metainfo vouches for. Never throws, whatever a peer sent; a range whose proof ends
    /// below the piece layer proves nothing and is false.
    /// </summary>
    public static bool Verify(Metainfo metainfo, int file, MerkleRange range, ReadOnlySpan<Hash256> hashes)
    {
        if (!CanAnswer(metainfo, file, range) || hashes.Length != range.Length + range.UncleCount)
        {
            return false;
        }

        Hash256 node = MerkleTree.Root(hashes[..range.Length], range.Height, range.BaseLayer);
        int layer = range.BaseLayer + range.Height;
        int index = range.Index >> range.Height;
        foreach (Hash256 uncle in hashes[range.Length..])
        {
            node = (index & 1) == 0 ? Hash256.Combine(node, uncle) : Hash256.Combine(uncle, node);
            layer++;
            index >>= 1;
        }

        return metainfo.TryGetNode(file, layer, index, out Hash256 expected) && node == expected;
    }

    private static Hash256 NodeAt(Metainfo metainfo, int file, int layer, int index, ReadOnlySpan<Hash256> leaves, int firstLeaf)
    {
        if (metainfo.TryGetNode(file, layer, index, out Hash256 known))
        {
            return known;
        }

        long start = ((long)index << layer) - firstLeaf;
        return start < leaves.Length
            ? MerkleTree.Root(leaves[(int)start..(int)Math.Min(leaves.Length, start + (1L << layer))], layer, 0)
            : MerkleTree.PadNode(layer);
    }
}
