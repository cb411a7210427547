using BenchmarkDotNet.Attributes;
using Murder.Swarm;

namespace Murder.MicroBenchmarks;

/// <summary>
/// One block's way through the picker, from pick to arrival, with 20 peers that have everything. A piece that is whole is set free
/// again instead of being stored, so that it can go on for ever.
/// </summary>
[MemoryDiagnoser]
public class PickerBenchmarks
{
    private const int Peers = 20;
    private const int BlocksPerInvoke = 4096;

    private readonly List<int> _cancelled = [];
    private PieceLayout _layout = null!;
    private PiecePicker _picker = null!;
    private long _ticks;

    /// <summary>Many small files have one block a piece.</summary>
    [Params(1, 16)]
    public int BlocksPerPiece { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        const int Pieces = 10_000;
        int pieceLength = BlocksPerPiece * PieceLayout.BlockLength;
        _layout = new PieceLayout(pieceLength, [(long)pieceLength * Pieces]);
        _picker = new PiecePicker(_layout, new Bitfield(Pieces), SwarmOptions.Default, new SwarmRandom(1));
        for (int peer = 0; peer < Peers; peer++)
        {
            _picker.AddPeer(peer);
            _picker.SetHas(peer, Bitfield.Full(Pieces));
        }
    }

    [Benchmark(OperationsPerInvoke = BlocksPerInvoke)]
    public void Block()
    {
        for (int count = 0; count < BlocksPerInvoke; count++)
        {
            Instant now = new(++_ticks);
            int peer = count % Peers;
            if (_picker.TryPick(peer, int.MaxValue, now, out BlockRef block))
            {
                _picker.Arrive(peer, block, now, _cancelled, out _);
                if (_picker.HereCountOf(block.Piece) == _layout.BlockCount(block.Piece))
                {
                    _picker.GiveUp(block.Piece);
                }
            }
        }
    }
}
