namespace Murder.Swarm;

/// <summary>Which nodes of one file's tree a hash request names, and how many layers of proof with them (BEP 52).</summary>
/// <param name="BaseLayer">0 is the layer of the 16 KiB blocks</param>
/// <param name="Index">the first node, a multiple of <paramref name="Length"/></param>
/// <param name="Length">how many nodes: a power of two, at least 2</param>
/// <param name="ProofLayers">layers of uncles, counted from the layer above the base</param>
public readonly record struct MerkleRange(int BaseLayer, int Index, int Length, int ProofLayers)
{
    /// <summary>Nodes of one request (BEP 52: should not be more).</summary>
    public const int LengthMax = 512;

    /// <summary>Layers over the range up to its own root.</summary>
    public int Height => MerkleTree.HeightOver(Length);

    /// <summary>Uncles that come after the nodes: those inside the range's own tree can be computed and are left out.</summary>
    public int UncleCount => Math.Max(0, ProofLayers - (Height - 1));
}
