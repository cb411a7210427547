namespace Murder.Swarm;

/// <summary>The blocks of one piece that have arrived: whose buffer, which hash, who sent them. Owns the handles until they are taken out.</summary>
internal sealed class PieceAssembly(int piece, int blockCount)
{
    private readonly int[] _handles = new int[blockCount];
    private readonly Hash256[] _leaves = new Hash256[blockCount];
    private readonly PeerIdentity?[] _senders = new PeerIdentity?[blockCount]; // null: not here

    public int Piece { get; } = piece;

    public int BlockCount => _handles.Length;

    public int HereCount { get; private set; }

    /// <summary>What the leaves must be, once a peer has proved it; null before.</summary>
    public Hash256[]? ProvenLeaves { get; set; }

    public ReadOnlySpan<Hash256> Leaves => _leaves;

    /// <summary>One handle a block, in order; only of a whole piece. The caller owns them from here on.</summary>
    public int[] Handles => _handles;

    public bool IsHere(int block) => _senders[block] is not null;

    public PeerIdentity SenderOf(int block) => _senders[block]!;

    public void Put(int block, in Hash256 leaf, int handle, PeerIdentity sender)
    {
        _handles[block] = handle;
        _leaves[block] = leaf;
        _senders[block] = sender;
        HereCount++;
    }

    /// <summary>Takes out a block; the caller owns its handle.</summary>
    public int Take(int block)
    {
        _senders[block] = null;
        HereCount--;
        return _handles[block];
    }

    /// <summary>Who sent every block that is here; null when it was more than one peer, or none.</summary>
    public PeerIdentity? OnlySender()
    {
        PeerIdentity? only = null;
        foreach (PeerIdentity? sender in _senders)
        {
            if (sender is not null && only is not null && sender != only)
            {
                return null;
            }

            only ??= sender;
        }

        return only;
    }

    public bool IsSentBy(PeerIdentity peer) => Array.IndexOf(_senders, peer) >= 0;
}
