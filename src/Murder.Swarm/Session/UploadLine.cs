namespace Murder.Swarm;

/// <summary>
/// What all peers together have asked of us: how much of it is left to send, who is being sent to, and whose turn is next. It is asked after
/// every input, so it goes by what has changed and never looks at all peers.
/// <para>Only peers that are ready have a place here; whoever changes what a peer has asked tells it here, in the same turn.</para>
/// </summary>
internal sealed class UploadLine(PieceLayout layout, SwarmOptions options, SendRate rate)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(1);

    private readonly PriorityQueue<PeerState, long> _waiting = new(); // whoever may be next; looked at again before it is believed
    private readonly int[] _blocksAsked = new int[layout.PieceCount]; // by piece
    private readonly List<PeerState> _sentTo = []; // with blocks under way
    private long _requestsTaken;

    /// <summary>Four times what all that is under way takes: by then it was everybody's turn, unless he takes nothing.</summary>
    public TimeSpan Patience => options.SendPatience + rate.TimeOf(4L * options.BlocksInSendMax * PieceLayout.BlockLength, PatienceMax);

    /// <summary>Blocks that wait, and those that are under way.</summary>
    public int BlockCount { get; private set; }

    public void Add(PeerState peer, BlockRef block)
    {
        peer.Uploads.Add(block, OrderOf(peer, block));
        BlockCount++;
        Join(peer);
    }

    /// <summary>The peer no longer wants the block; false when it does not wait.</summary>
    public bool Cancel(PeerState peer, BlockRef block)
    {
        if (!peer.Uploads.Cancel(block))
        {
            return false;
        }

        BlockCount--;
        return true;
    }

    /// <summary>Takes a block that waits without sending it; false when none does.</summary>
    public bool TryTake(PeerState peer, out BlockRef block)
    {
        if (!peer.Uploads.TryTake(out block))
        {
            return false;
        }

        BlockCount--;
        return true;
    }

    /// <summary>The peer is gone, and with it all that it asked.</summary>
    public void Leave(PeerState peer)
    {
        BlockCount -= peer.Uploads.Count;
        _sentTo.Remove(peer);
    }

    /// <summary>Whoever is first of those who may be sent more; null when there is nobody.</summary>
    public PeerState? FindFirst()
    {
        while (_waiting.TryPeek(out PeerState? peer, out long order))
        {
            UploadQueue uploads = peer.Uploads;
            if (uploads.PlaceInLine != order)
            {
                _waiting.Dequeue(); // it has moved to the front of this place
            }
            else if (!peer.IsReady || !MayBeSent(uploads))
            {
                _waiting.Dequeue();
                uploads.PlaceInLine = null;
            }
            else if (uploads.FirstOrder != order)
            {
                _waiting.DequeueEnqueue(peer, uploads.FirstOrder); // what it was in the line for was sent or cancelled
                uploads.PlaceInLine = uploads.FirstOrder;
            }
            else
            {
                return peer;
            }
        }

        return null;
    }

    /// <summary>Takes the peer's next block to send; there must be one.</summary>
    public BlockRef Send(PeerState peer, Instant now)
    {
        if (peer.Uploads.SendingCount == 0)
        {
            _sentTo.Add(peer);
        }

        return peer.Uploads.Send(now);
    }

    /// <summary>One block is sent; false when none was under way.</summary>
    public bool TryFinish(PeerState peer, Instant now)
    {
        if (!peer.Uploads.TryFinish(now))
        {
            return false;
        }

        BlockCount--;
        if (peer.Uploads.SendingCount == 0)
        {
            _sentTo.Remove(peer);
        }

        Join(peer);
        return true;
    }

    /// <summary>Blocks under way to peers that take them: one that takes nothing must not keep others from being sent to.</summary>
    public int CountUnderWay(Instant now)
    {
        int count = 0;
        TimeSpan patience = Patience;
        foreach (PeerState peer in _sentTo)
        {
            count += now - peer.Uploads.LastProgress >= patience ? 0 : peer.Uploads.SendingCount;
        }

        return count;
    }

    /// <summary>Blocks that wait or are under way, but for those of peers that take nothing: they keep no link busy.</summary>
    public long CountAsked(Instant now)
    {
        int count = BlockCount;
        TimeSpan patience = Patience;
        foreach (PeerState peer in _sentTo)
        {
            count -= now - peer.Uploads.LastProgress >= patience ? peer.Uploads.Count : 0;
        }

        return count;
    }

    private void Join(PeerState peer)
    {
        if (MayBeSent(peer.Uploads) && !(peer.Uploads.PlaceInLine <= peer.Uploads.FirstOrder))
        {
            peer.Uploads.PlaceInLine = peer.Uploads.FirstOrder;
            _waiting.Enqueue(peer, peer.Uploads.FirstOrder);
        }
    }

    /// <summary>Peers of other zones come before all others: they ask for what their whole zone lacks, and the sooner one has it, the fewer others ask.</summary>
    private long OrderOf(PeerState peer, BlockRef block)
    {
        int copies = _blocksAsked[block.Piece]++ / layout.BlockCount(block.Piece);
        long order = _requestsTaken++ + ((long)options.RequestsBeforeCopy * Math.Min(copies, options.CopiesCountedMax));
        return peer.IsFar ? order - (long.MaxValue / 2) : order;
    }

    private bool MayBeSent(UploadQueue uploads) => uploads.WaitingCount > 0 && uploads.SendingCount < options.BlocksInSendPerPeerMax;
}
