using BenchmarkDotNet.Attributes;
using Murder.Swarm;

namespace Murder.MicroBenchmarks;

/// <summary>A metainfo of many small files: walked as bencoding, read and validated as metainfo, and made.</summary>
[MemoryDiagnoser]
public class MetainfoBenchmarks
{
    private HashedFile[] _files = [];
    private ReadOnlyMemory<byte> _bytes;

    [Params(1_000, 100_000)]
    public int Files { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _files = [.. Enumerable.Range(0, Files).Select(file => new HashedFile($"folder{file / 250}/file{file}", 1024, false, null, [Hash256.Of(BitConverter.GetBytes(file))]))];
        _bytes = Make().Bytes;
    }

    [Benchmark]
    public int Bencode() => BencodeReader.TryCreate(_bytes.Span, out BencodeReader reader, out _) ? reader.Skip().Length : 0;

    [Benchmark]
    public bool Read() => MetainfoReader.TryRead(_bytes, out _, out _);

    [Benchmark]
    public Metainfo Make() => MetainfoBuilder.Build("bench", PieceLayout.BlockLength, _files);
}
