using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>
/// A release without bytes: every block has the same leaf, and the piece hashes follow from it as BEP 52 says, so sessions verify
/// what they get as they always do.
/// </summary>
internal sealed class FakePayload
{
    public static readonly Hash256 Leaf = Hash256.Of("a block"u8);

    public static readonly Hash256 CorruptLeaf = Hash256.Of("a lie"u8);

    private readonly Hash256[] _leaves;

    public FakePayload(long sizeBytes, int pieceLength)
    {
        int blocksPerPiece = pieceLength / PieceLayout.BlockLength;
        PieceLayout layout = new(pieceLength, [sizeBytes]);
        _leaves = new Hash256[layout.BlockCountOfFile(0)];
        Array.Fill(_leaves, Leaf);
        Hash256[] pieces = [.. Enumerable.Range(0, layout.PieceCount)
            .Select(piece => MerkleTree.PieceRoot(_leaves.AsSpan(0, layout.BlockCount(piece)), blocksPerPiece, layout.PieceCount == 1))];
        Metainfo = MetainfoBuilder.Build("simulated", pieceLength, [new HashedFile("payload", sizeBytes, false, null, pieces)]);
    }

    public Metainfo Metainfo { get; }

    public PieceLayout Layout => Metainfo.Layout;

    /// <summary>What a store answers to an order to load leaves.</summary>
    public ReadOnlyMemory<Hash256> LeavesOf(in HashRequest request) => _leaves.AsMemory(request.Index, request.Length);
}
