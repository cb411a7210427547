using System.Numerics;

namespace Murder.Swarm;

/// <summary>
/// A piece came whole and wrong, from several peers: somebody must say what its leaves are (BEP 52, hash request for base layer 0). The
/// answer proves itself against the piece's hash, so anyone may be asked, the suspects too. Each peer is asked once.
/// </summary>
internal sealed class LiarHunt
{
    private readonly Hash256 _pieceHash;
    private readonly Hash256 _piecesRoot;
    private readonly int _firstLeaf; // of the piece, in its file
    private readonly Hash256[] _leaves; // padded to a power of two
    private readonly int _partLength;
    private readonly int _proofLayers;
    private readonly List<PeerIdentity> _asked = [];
    private int _proven; // leaves

    public LiarHunt(Metainfo metainfo, int piece)
    {
        PieceLayout layout = metainfo.Layout;
        int file = layout.FileOf(piece);
        int width = layout.PieceCountOf(file) == 1 ? (int)BitOperations.RoundUpToPowerOf2((uint)layout.BlockCount(piece)) : layout.BlocksPerPiece;
        Piece = piece;
        _pieceHash = metainfo.PieceHash(piece);
        _piecesRoot = metainfo.PiecesRootOf(file);
        _firstLeaf = (int)(layout.FileOffset(piece) / PieceLayout.BlockLength);
        _leaves = new Hash256[width];
        _partLength = Math.Min(width, MerkleRange.LengthMax);
        _proofLayers = width > _partLength ? BitOperations.Log2((uint)width) - 1 : 0;
    }

    public int Piece { get; }

    /// <summary>Who is being asked; null when somebody is to be found.</summary>
    public PeerIdentity? Asked { get; private set; }

    public Instant Deadline { get; private set; }

    public bool IsSolved => _proven >= _leaves.Length;

    public Hash256[] Leaves => _leaves;

    public HashRequest Request => new(_piecesRoot, 0, _firstLeaf + _proven, _partLength, _proofLayers);

    public bool HasAsked(PeerIdentity peer) => _asked.Contains(peer);

    public void Ask(PeerIdentity peer, Instant deadline)
    {
        _asked.Add(peer);
        Asked = peer;
        Deadline = deadline;
    }

    /// <summary>The peer is gone, or will not say.</summary>
    public void GiveUpOnPeer() => Asked = null;

    /// <summary>False when the hashes do not lead to the piece's hash: whoever sent them lies. The parts past the end of the piece need no asking.</summary>
    public bool TryProve(ReadOnlySpan<Hash256> hashes, int blockCount, Instant deadline)
    {
        if (hashes.Length < _partLength)
        {
            return false;
        }

        ReadOnlySpan<Hash256> part = hashes[.._partLength];
        Hash256 node = MerkleTree.Root(part, MerkleTree.HeightOver(part.Length), layer: 0);
        int place = _proven / _partLength;
        foreach (Hash256 uncle in hashes[_partLength..])
        {
            node = (place & 1) == 0 ? Hash256.Combine(node, uncle) : Hash256.Combine(uncle, node);
            place >>= 1;
        }

        int uncles = BitOperations.Log2((uint)(_leaves.Length / _partLength));
        if (node != _pieceHash || hashes.Length != _partLength + uncles)
        {
            return false;
        }

        part.CopyTo(_leaves.AsSpan(_proven));
        _proven += _partLength;
        _proven = _proven >= blockCount ? _leaves.Length : _proven;
        Deadline = deadline;
        return true;
    }
}
