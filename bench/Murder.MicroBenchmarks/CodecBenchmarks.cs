using BenchmarkDotNet.Attributes;
using Murder.Swarm;

namespace Murder.MicroBenchmarks;

/// <summary>What goes over the wire for one block, written and read: request, piece header, have.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private const int LengthPrefix = 4;
    private const int PieceHeader = 13;

    private readonly byte[] _buffer = new byte[PieceHeader + PieceLayout.BlockLength];

    [Benchmark]
    public bool Request()
    {
        int length = PeerMessageCodec.Write(PeerMessage.Request(new BlockRef(7, PieceLayout.BlockLength, PieceLayout.BlockLength)), _buffer);
        return PeerMessageCodec.TryRead(_buffer.AsSpan(LengthPrefix, length - LengthPrefix), out _);
    }

    [Benchmark]
    public bool Piece()
    {
        PeerMessageCodec.WritePieceHeader(new BlockRef(7, PieceLayout.BlockLength, PieceLayout.BlockLength), _buffer);
        return PeerMessageCodec.TryRead(_buffer.AsSpan(LengthPrefix), out _);
    }

    [Benchmark]
    public bool Have()
    {
        int length = PeerMessageCodec.Write(PeerMessage.Have(7), _buffer);
        return PeerMessageCodec.TryRead(_buffer.AsSpan(LengthPrefix, length - LengthPrefix), out _);
    }
}
