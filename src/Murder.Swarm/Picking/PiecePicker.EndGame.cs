namespace Murder.Swarm;

/// <summary>
/// The end game: every missing block that can be had is asked of somebody. A peer with nothing to do may then be asked for the last
/// blocks in the queue of one that would need too long, who is told to forget them when they arrive. Only then: duplicates between
/// peers that are merely busy cost other engines up to a sixth of all traffic.
/// </summary>
internal sealed partial class PiecePicker
{
    /// <summary>A block is asked of at most this many peers at once.</summary>
    private const int CopiesMax = 4;

    private static readonly Instant Never = new(long.MaxValue);

    private Instant _nobodySlowBefore = Never;

    /// <summary>
    /// Blocks are outstanding, and of everything that is missing there is nothing that nobody is asked for. A piece that no peer has yet
    /// is no end: while an origin lets its pieces out, waiting for the next is the rule, and what is asked for twice then is lost.
    /// </summary>
    public bool IsEndGame => RequestCount > 0 && _needy.Count == 0 && _rarity.FreeCount == 0;

    private bool TryFindAgain(PickerPeer idle, Instant now, out BlockRef block)
    {
        block = default;
        if (now < _nobodySlowBefore || !IsEndGame || idle.Pipe.Count >= _options.EndGameRequestsPerPeerMax || IsSlow(idle, now))
        {
            return false;
        }

        TimeSpan longest = _options.EndGamePatience;
        bool isFound = false;
        _nobodySlowBefore = Never;
        foreach (PickerPeer? holder in _peers)
        {
            Watch(holder?.Pipe);
            if (holder is null || holder == idle || holder.Pipe.Count == 0 || holder.Pipe.ExpectedWait(now) is var wait && wait <= longest)
            {
                continue;
            }

            if (TryFindLast(holder, idle, now, out BlockRef last))
            {
                (longest, block, isFound) = (holder.Pipe.ExpectedWait(now), last, true);
            }
        }

        return isFound;
    }

    /// <summary>The block that the holder will come to last, of those that the idle peer has and that are stuck.</summary>
    private bool TryFindLast(PickerPeer holder, PickerPeer idle, Instant now, out BlockRef block)
    {
        for (int at = holder.Pipe.Count - 1; at >= 0; at--)
        {
            block = holder.Pipe[at];
            if (idle.Has[block.Piece] && !idle.Pipe.Contains(block) && IsStuck(block, now))
            {
                return true;
            }
        }

        block = default;
        return false;
    }

    /// <summary>
    /// Keeps the instant before which nobody can be slow, so that most peers with nothing to do are turned away without a look at all
    /// others. To be called after whatever can make a peer slow earlier: a request more, or an answer that was long in coming.
    /// </summary>
    private void Watch(RequestPipe? pipe)
    {
        if (pipe?.SlowFrom(_options.EndGamePatience) is { } from && from < _nobodySlowBefore)
        {
            _nobodySlowBefore = from;
        }
    }

    private bool IsSlow(PickerPeer peer, Instant now) => peer.Pipe.Count > 0 && peer.Pipe.ExpectedWait(now) > _options.EndGamePatience;

    /// <summary>Everybody who is asked for the block is slow, and more may be asked. The usual case, one who is known to be slow, is found by counting.</summary>
    private bool IsStuck(BlockRef block, Instant now)
    {
        int copies = _openOf[block.Piece]!.AskedOf(block.Index);
        return copies == 1
            || (copies < CopiesMax && _peers.TrueForAll(peer => peer is null || !peer.Pipe.Contains(block) || IsSlow(peer, now)));
    }
}
