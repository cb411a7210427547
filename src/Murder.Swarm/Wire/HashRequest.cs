namespace Murder.Swarm;

/// <summary>Which nodes of which file's Merkle tree are asked for or sent (BEP 52, messages 21 to 23).</summary>
/// <param name="PiecesRoot">names the file</param>
/// <param name="BaseLayer">0 is the layer of the 16 KiB blocks</param>
/// <param name="Index">the first node, a multiple of <paramref name="Length"/></param>
/// <param name="Length">how many nodes: a power of two, 2 to 512</param>
/// <param name="ProofLayers">how many layers of uncle hashes follow, counted from the base layer</param>
public readonly record struct HashRequest(Hash256 PiecesRoot, int BaseLayer, int Index, int Length, int ProofLayers);
