using BenchmarkDotNet.Attributes;
using Murder.Swarm;

namespace Murder.MicroBenchmarks;

/// <summary>The hash of a block, and of a piece of sixteen from those of its blocks.</summary>
[MemoryDiagnoser]
public class HashBenchmarks
{
    private readonly byte[] _block = new byte[PieceLayout.BlockLength];
    private readonly Hash256[] _leaves = new Hash256[16];

    [Benchmark]
    public Hash256 Block() => Hash256.Of(_block);

    [Benchmark]
    public Hash256 Piece() => MerkleTree.PieceRoot(_leaves, _leaves.Length, isOnlyPieceOfFile: false);
}
