namespace Murder.Swarm;

/// <summary>
/// The order in which an origin lets its pieces out. Each piece is shown to one peer only until somebody else has it, so that the origin's
/// link, which everything comes through, carries each byte once; a seed that shows all to all at first sends 1.4 to 2.8 copies, because
/// peers cannot know what others have asked it for. No more is shown than keeps the link busy: then few peers share it at a time, each gets
/// its piece soon, and passes it on while the next is being sent. Busy means that enough is asked for, not that enough is shown: a peer
/// whose own link is full takes a piece slowly, block by block. When all is shown and the link is idle, the slowest lose their pieces to
/// others. (BEP 16 shows one piece at a time to each, which costs a factor of two.)
/// <para>
/// Invariant: a piece is waiting, with exactly one peer, or out. Pieces of a peer that is lost or takes nothing wait again.
/// </para>
/// </summary>
internal sealed class PieceSpread
{
    private const int TurnsPatience = 20;

    private readonly PieceLayout _layout;
    private readonly SwarmOptions _options;
    private readonly SendRate _rate;
    private readonly Bitfield _waiting;
    private readonly Bitfield _out;
    private readonly Showing?[] _showings; // by piece: with whom it is
    private readonly List<Receiver?> _receivers = []; // by peer
    private int _receiverCount;
    private int _firstWaiting;
    private Instant _takenBackAt; // from one who was slow, not stalled

    public PieceSpread(PieceLayout layout, SwarmOptions options, SendRate rate)
    {
        _layout = layout;
        _options = options;
        _rate = rate;
        _waiting = Bitfield.Full(layout.PieceCount);
        _out = new Bitfield(layout.PieceCount);
        _showings = new Showing?[layout.PieceCount];
    }

    /// <summary>Every piece is out: nothing is to be hidden any more.</summary>
    public bool IsOver => _out.IsFull;

    /// <summary>No piece waits: what is not out is with somebody.</summary>
    public bool IsAllShown => _waiting.Count == 0;

    public void AddPeer(int peer, Instant now)
    {
        while (_receivers.Count <= peer)
        {
            _receivers.Add(null);
        }

        _receivers[peer] = new Receiver(peer) { LastProgress = now };
        _receiverCount++;
    }

    public void RemovePeer(int peer)
    {
        TakeBack(_receivers[peer]!);
        _receivers[peer] = null;
        _receiverCount--;
    }

    /// <summary>Somebody else has the piece.</summary>
    public void SetOut(int piece)
    {
        if (!_out.Add(piece))
        {
            return;
        }

        _waiting.Remove(piece);
        if (_showings[piece] is { } showing)
        {
            End(showing);
        }
    }

    /// <summary>The next piece to show, and to whom; false when enough is asked for or will be, or nothing waits.</summary>
    /// <param name="bytesAsked">what peers have asked for and were not yet sent</param>
    public bool TryShow(long bytesAsked, Instant now, out int peer, out int piece)
    {
        (peer, piece) = (-1, -1);
        double enough = _rate.BytesEnough;
        if (IsAllShown || bytesAsked + BytesJustShown(now) >= enough
            || FindReceiver(enough, now) is not { } receiver)
        {
            return false;
        }

        piece = _firstWaiting = _waiting.NextCommon(_waiting, _firstWaiting);
        peer = receiver.Peer;
        _waiting.Remove(piece);
        Showing showing = new(piece, receiver, _layout.SizeOf(piece), now);
        _showings[piece] = showing;
        receiver.LastProgress = receiver.Showings.Count == 0 ? now : receiver.LastProgress;
        receiver.Showings.Add(showing);
        receiver.BytesShown += showing.BytesLeft;
        receiver.PiecesShown++;
        return true;
    }

    /// <summary>A block has left to the peer.</summary>
    public void Sent(int peer, BlockRef block, Instant now)
    {
        if (_receivers[peer] is not { } receiver)
        {
            return;
        }

        receiver.LastProgress = now;
        receiver.TakesSomething();
        if (_showings[block.Piece] is { } showing && showing.Receiver == receiver)
        {
            int bytes = Math.Min(block.Length, showing.BytesLeft);
            showing.BytesLeft -= bytes;
            receiver.BytesShown -= bytes;
            if (showing.BytesLeft == 0)
            {
                SetOut(block.Piece);
            }
        }
    }

    /// <summary>Lets pieces wait again that are with peers who take nothing.</summary>
    /// <returns>when to look again; null when nothing is with anybody</returns>
    public Instant? TakeBackStalled(Instant now)
    {
        Instant? next = null;
        TimeSpan patience = Patience();
        foreach (Receiver? receiver in _receivers)
        {
            if (receiver is not { Showings.Count: > 0 })
            {
                continue;
            }

            Instant end = receiver.LastProgress + patience;
            if (end <= now)
            {
                GiveUp(receiver, patience, now);
            }
            else if (next is null || end < next)
            {
                next = end;
            }
        }

        return next;
    }

    /// <summary>
    /// When all is shown, and our link has little to do, what is not out is with those who take little, and all others wait for it. Whoever has not
    /// taken anything for longest then loses its pieces to others, and takes them all the same if it can; one peer at a time, for each may cost a copy,
    /// and none that has just been shown them or taken a block.
    /// </summary>
    public void TakeBackWhileIdle(Instant now)
    {
        TimeSpan busyTime = _rate.TimeOf(_rate.BytesEnough, _options.SpreadPatienceMax);
        if (!IsAllShown || !_rate.IsIdle(now) || now - _takenBackAt < busyTime)
        {
            return;
        }

        Receiver? slowest = null;
        foreach (Receiver? receiver in _receivers)
        {
            if (receiver is { Showings.Count: > 0 } && (slowest is null || receiver.LastProgress < slowest.LastProgress))
            {
                slowest = receiver;
            }
        }

        if (slowest is not null && now - slowest.LastProgress >= _options.ShowTime + busyTime)
        {
            _takenBackAt = now;
            GiveUp(slowest, Patience(), now);
        }
    }

    /// <summary>A peer's turn comes within what all that is asked for takes; one that takes nothing for twenty times as long takes nothing.</summary>
    private TimeSpan Patience()
    {
        TimeSpan turns = _rate.TimeOf(TurnsPatience * _rate.BytesEnough, _options.SpreadPatienceMax);
        return turns == TimeSpan.Zero ? _options.SpreadPatienceMax // before the first block
            : turns < _options.SpreadPatienceMin ? _options.SpreadPatienceMin : turns;
    }

    /// <summary>What was shown so lately that the requests for it are still on their way.</summary>
    private long BytesJustShown(Instant now)
    {
        long bytes = 0;
        foreach (Receiver? receiver in _receivers)
        {
            for (int at = (receiver?.Showings.Count ?? 0) - 1; at >= 0 && now - receiver!.Showings[at].At < _options.ShowTime; at--)
            {
                bytes += receiver.Showings[at].BytesLeft;
            }
        }

        return bytes;
    }

    /// <summary>
    /// Whoever has the least to take; among equals who was shown the least in all. Who took nothing lately comes after all others. Nobody is shown
    /// more while it has half a piece to take, which lasts until it asks for the next, or its share of what is enough: the fewer pieces are
    /// under way at a time, the sooner each can be passed on.
    /// </summary>
    private Receiver? FindReceiver(double enough, Instant now)
    {
        double bytesShownMax = Math.Max(_layout.PieceLength / 2, enough / Math.Max(1, _receiverCount));
        Receiver? best = null;
        foreach (Receiver? receiver in _receivers)
        {
            if (receiver is not null && receiver.BytesShown < bytesShownMax && (best is null || receiver.IsBefore(best, now)))
            {
                best = receiver;
            }
        }

        return best;
    }

    private void GiveUp(Receiver receiver, TimeSpan patience, Instant now)
    {
        receiver.TakesNothing(now, patience);
        TakeBack(receiver);
    }

    private void TakeBack(Receiver receiver)
    {
        while (receiver.Showings.Count > 0)
        {
            Showing showing = receiver.Showings[^1];
            End(showing);
            _waiting.Add(showing.Piece);
            _firstWaiting = Math.Min(_firstWaiting, showing.Piece);
        }
    }

    private void End(Showing showing)
    {
        showing.Receiver.Showings.Remove(showing);
        showing.Receiver.BytesShown -= showing.BytesLeft;
        _showings[showing.Piece] = null;
    }

    /// <summary>A piece that is with a peer.</summary>
    private sealed class Showing(int piece, Receiver receiver, int bytes, Instant at)
    {
        public Instant At { get; } = at;

        public int Piece { get; } = piece;

        public Receiver Receiver { get; } = receiver;

        public int BytesLeft { get; set; } = bytes;
    }

    /// <summary>A peer, and what it was shown and has not taken.</summary>
    private sealed class Receiver(int peer)
    {
        private const int StallsCountedMax = 6;

        private Instant _passedOverUntil;
        private int _stalls;

        public int Peer { get; } = peer;

        public List<Showing> Showings { get; } = [];

        public long BytesShown { get; set; }

        public int PiecesShown { get; set; }

        public Instant LastProgress { get; set; }

        /// <summary>Twice as long each time it takes nothing: it may be gone, or only have been busy with its other connections.</summary>
        public void TakesNothing(Instant now, TimeSpan patience)
        {
            _passedOverUntil = now + new TimeSpan(patience.Ticks << _stalls);
            _stalls = Math.Min(_stalls + 1, StallsCountedMax);
        }

        public void TakesSomething() => (_passedOverUntil, _stalls) = (default, 0);

        public bool IsBefore(Receiver other, Instant now) =>
            now < _passedOverUntil != now < other._passedOverUntil ? now >= _passedOverUntil
            : BytesShown != other.BytesShown ? BytesShown < other.BytesShown
            : PiecesShown != other.PiecesShown ? PiecesShown < other.PiecesShown
            : Turn.Of(Peer) < Turn.Of(other.Peer);
    }
}
