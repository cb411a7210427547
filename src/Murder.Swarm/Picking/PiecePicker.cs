namespace Murder.Swarm;

/// <summary>
/// Decides which block is asked of whom. The sole owner of who has what, of how rare each piece is, and of the outstanding requests.
/// Pieces already begun come first, which bounds memory; then the rarest, chance among equals; in the end game
/// (PiecePicker.EndGame.cs) blocks that somebody else is slow with.
/// <para>
/// Invariant: a block is asked of a peer if and only if it stands in that peer's pipe, and then its piece is open and lacks it.
/// </para>
/// </summary>
internal sealed partial class PiecePicker
{
    private readonly PieceLayout _layout;
    private readonly Bitfield _stored;
    private readonly SwarmOptions _options;
    private readonly SwarmRandom _random;
    private readonly PieceRarity _rarity;
    private readonly OpenPiece?[] _openOf;
    private readonly List<OpenPiece> _open = [];
    private readonly Stack<OpenPiece> _closed = new(); // to be used again
    private readonly List<OpenPiece> _needy = []; // open pieces with a block that nobody is asked for, in the order they came to need it
    private readonly List<PickerPeer?> _peers = [];
    private readonly Queue<int> _evicted = new();
    private readonly QueueTime _queue;
    private int _blocksBegun; // of open pieces and of those being stored
    private long _releases;

    public PiecePicker(PieceLayout layout, Bitfield stored, SwarmOptions options, SwarmRandom random)
    {
        _layout = layout;
        _stored = stored;
        _options = options;
        _random = random;
        _queue = new QueueTime(options);
        _rarity = new PieceRarity(layout.PieceCount);
        _openOf = new OpenPiece?[layout.PieceCount];
        for (int piece = 0; piece < layout.PieceCount; piece++)
        {
            if (!stored[piece])
            {
                _rarity.Release(piece);
            }
        }
    }

    /// <summary>Blocks asked of all peers.</summary>
    public int RequestCount { get; private set; }

    /// <summary>Places for peers, those of lost ones included.</summary>
    public int PeerPlaces => _peers.Count;

    /// <summary>Blocks that may be asked of one peer, so that each that serves us has its share.</summary>
    public int Share { get; set; } = int.MaxValue;

    /// <summary>Since this was cleared, somebody was denied a block because <see cref="SwarmOptions.RequestsMax"/> are outstanding.</summary>
    public bool IsStarved { get; set; }

    public void AddPeer(int peer)
    {
        while (_peers.Count <= peer)
        {
            _peers.Add(null);
        }

        RequestPipe pipe = new(Math.Min(_options.RequestsPerPeerStart, _options.RequestsPerPeerMax));
        _peers[peer] = new PickerPeer(peer, _layout.PieceCount, pipe);
    }

    /// <summary>The peer is gone: its pieces count no more, and what it was asked for may be asked of others.</summary>
    public void RemovePeer(int peer)
    {
        ReleaseRequests(peer);
        PickerPeer gone = Peer(peer);
        _peers[peer] = null;
        LookAtHand();
        if (gone.IsCountedAsSeed)
        {
            _rarity.Seeds--;
            return;
        }

        for (int piece = gone.Has.NextCommon(gone.Has, 0); piece >= 0; piece = gone.Has.NextCommon(gone.Has, piece + 1))
        {
            _rarity.RemoveHolder(piece);
        }
    }

    public bool Has(int peer, int piece) => Peer(peer).Has[piece];

    public bool IsSeed(int peer) => Peer(peer).Has.IsFull;

    /// <summary>True when the peer has something that we have not stored.</summary>
    public bool Wants(int peer) => Peer(peer).WantedCount > 0;

    /// <summary>Bytes that the peer was asked for and has not sent.</summary>
    public int BytesAskedOf(int peer) => Peer(peer).Pipe.BytesAsked;

    /// <summary>The peer, which rejected a request, is asked nothing before this.</summary>
    public Instant PausedUntil(int peer) => Peer(peer).Pipe.PausedUntil;

    /// <summary>The peer may be asked for enough to be worth a message.</summary>
    public bool IsToBeAsked(int peer) => Peer(peer).Pipe.HasRoom;

    public int AvailabilityOf(int piece) => _rarity.HoldersOf(piece);

    public bool IsOpen(int piece) => _openOf[piece] is not null;

    /// <summary>Blocks of an open piece that are here; -1 when it is not open.</summary>
    public int HereCountOf(int piece) => _openOf[piece]?.HereCount ?? -1;

    /// <summary>What a new peer has; it had nothing before.</summary>
    public void SetHas(int peer, Bitfield has)
    {
        PickerPeer told = Peer(peer);
        told.Has = has;
        told.WantedCount = has.CountWithout(_stored);
        told.NothingFreeAt = -1;
        LookAtHand();
        if (has.IsFull)
        {
            told.IsCountedAsSeed = true;
            _rarity.Seeds++;
            return;
        }

        for (int piece = has.NextCommon(has, 0); piece >= 0; piece = has.NextCommon(has, piece + 1))
        {
            _rarity.AddHolder(piece);
        }
    }

    /// <summary>The peer got a piece; false when it was known to have it.</summary>
    public bool AddHas(int peer, int piece)
    {
        PickerPeer told = Peer(peer);
        if (!told.Has.Add(piece))
        {
            return false;
        }

        if (_atHand is not null && told.IsAtHand)
        {
            _atHand.Add(piece);
        }

        _rarity.AddHolder(piece);
        told.WantedCount += _stored[piece] ? 0 : 1;
        told.NothingFreeAt = -1;
        return true;
    }

    /// <summary>The next block to ask of the peer, marked as asked. False when there is none now.</summary>
    /// <param name="requestsMax">what the peer says it queues</param>
    public bool TryPick(int peer, int requestsMax, Instant now, out BlockRef block)
    {
        block = default;
        PickerPeer asked = Peer(peer);
        if (asked.WantedCount == 0 || now < asked.Pipe.PausedUntil || asked.Pipe.Count >= Math.Min(asked.Pipe.Window, Math.Min(requestsMax, Share)))
        {
            return false;
        }

        if (RequestCount >= _options.RequestsMax)
        {
            IsStarved = true;
            return false;
        }

        OpenPiece? piece = FindBegun(asked) ?? Begin(asked);
        if (piece is not null)
        {
            block = _layout.Block(piece.Piece, piece.NextUnasked());
        }
        else if (!TryFindAgain(asked, now, out block))
        {
            return false;
        }

        Ask(asked, block, now);
        return true;
    }

    /// <summary>A block arrived. True when it is needed; then the peers in <paramref name="cancelled"/> were asked for it too and no longer are.</summary>
    public bool Arrive(int peer, BlockRef block, Instant now, List<int> cancelled, out bool wasAsked)
    {
        cancelled.Clear();
        PickerPeer sender = Peer(peer);
        _queue.Measure(now);
        wasAsked = sender.Pipe.Arrive(block, _options.RequestsPerPeerMax, _queue.Present, now);
        Watch(sender.Pipe);
        SetSilent(sender, false);
        RequestCount -= wasAsked ? 1 : 0;
        if (_openOf[block.Piece] is not { } piece || piece.IsHere(block.Index))
        {
            return false;
        }

        if (piece.AskedOf(block.Index) > (wasAsked ? 1 : 0))
        {
            CancelOthers(peer, block, cancelled);
        }

        piece.Arrive(block.Index);
        Sort(piece);
        return true;
    }

    /// <summary>The peer will not send the block. False when it was not asked for it, or is no longer.</summary>
    public bool Reject(int peer, BlockRef block, Instant now, bool pause)
    {
        if (!Peer(peer).Pipe.Reject(block, now, pause ? now + _options.RejectDelay : now))
        {
            return false;
        }

        Unask(block);
        return true;
    }

    /// <summary>An answer came to a request that was cancelled; false when the peer owes none.</summary>
    public bool TryPayAnswer(int peer) => Peer(peer).Pipe.TryPayAnswer();

    /// <summary>Nothing is asked of the peer any more: it choked us, or is gone.</summary>
    public void ReleaseRequests(int peer)
    {
        RequestPipe pipe = Peer(peer).Pipe;
        while (pipe.Count > 0)
        {
            Unask(pipe.TakeLast());
        }
    }

    /// <summary>When the next peer will have been silent for too long; null when nobody is asked for anything.</summary>
    public Instant? NextDeadline()
    {
        Instant? next = null;
        foreach (PickerPeer? peer in _peers)
        {
            if (peer is { Pipe.Count: > 0 } && (next is null || peer.Pipe.LastProgress + _options.RequestTimeout < next))
            {
                next = peer.Pipe.LastProgress + _options.RequestTimeout;
            }
        }

        return next;
    }

    /// <summary>Takes back everything asked of the first peer that has been silent for too long; false when there is none.</summary>
    public bool TryTakeOverdue(Instant now, List<BlockRef> cancelled, out int peer)
    {
        cancelled.Clear();
        foreach (PickerPeer? silent in _peers)
        {
            if (silent is { Pipe.Count: > 0 } && silent.Pipe.LastProgress + _options.RequestTimeout <= now)
            {
                peer = silent.Index;
                while (silent.Pipe.Count > 0)
                {
                    BlockRef block = silent.Pipe[0];
                    silent.Pipe.Cancel(block);
                    Unask(block);
                    cancelled.Add(block);
                }

                silent.Pipe.Shrink();
                SetSilent(silent, true);
                return true;
            }
        }

        peer = -1;
        return false;
    }

    /// <summary>Every block of the piece is here and right; it is being stored.</summary>
    public void BeginStore(int piece) => Close(_openOf[piece]!);

    public void EndStore(int piece)
    {
        _blocksBegun -= _layout.BlockCount(piece);
        foreach (PickerPeer? peer in _peers)
        {
            if (peer is not null && peer.Has[piece])
            {
                peer.WantedCount--;
            }
        }
    }

    /// <summary>A block that arrived was wrong: it is to be asked for again.</summary>
    public void Lose(BlockRef block)
    {
        OpenPiece piece = _openOf[block.Piece]!;
        piece.Lose(block.Index);
        Sort(piece);
    }

    /// <summary>A piece that nobody is asked for is given up: it is free again.</summary>
    public void GiveUp(int piece)
    {
        Close(_openOf[piece]!);
        _blocksBegun -= _layout.BlockCount(piece);
        _rarity.Release(piece);
        _releases++;
    }

    /// <summary>A piece that <see cref="TryPick"/> gave up to make room for one that can be fetched; its blocks are to be released.</summary>
    public bool TryTakeEvicted(out int piece) => _evicted.TryDequeue(out piece);

    private PickerPeer Peer(int peer) => _peers[peer]!;

    private OpenPiece? FindBegun(PickerPeer peer)
    {
        Bitfield useful = UsefulOf(peer);
        foreach (OpenPiece piece in _needy)
        {
            if (useful[piece.Piece])
            {
                return piece;
            }
        }

        return null;
    }

    private OpenPiece? Begin(PickerPeer peer)
    {
        if (peer.NothingFreeAt == _releases)
        {
            return null;
        }

        int rarest = _rarity.FindRarest(UsefulOf(peer), _random);
        if (rarest < 0)
        {
            peer.NothingFreeAt = _releases;
            return null;
        }

        int blocks = _layout.BlockCount(rarest);
        if (_blocksBegun > 0 && _blocksBegun + blocks > _options.BlocksBegunMax && !TryEvict())
        {
            return null;
        }

        _rarity.Take(rarest);
        _blocksBegun += blocks;
        OpenPiece begun = _closed.TryPop(out OpenPiece? closed) ? closed : new OpenPiece(_layout.BlocksPerPiece);
        begun.Open(rarest, blocks);
        begun.Place = _open.Count;
        _open.Add(begun);
        _openOf[rarest] = begun;
        Sort(begun);
        return begun;
    }

    /// <summary>Gives up the least complete of the open pieces that nobody is asked for, which then nobody here can send.</summary>
    private bool TryEvict()
    {
        OpenPiece? least = null;
        foreach (OpenPiece piece in _open)
        {
            if (piece.AskedCount == 0 && !piece.IsWhole && (least is null || piece.HereCount < least.HereCount))
            {
                least = piece;
            }
        }

        if (least is null)
        {
            return false;
        }

        GiveUp(least.Piece);
        _evicted.Enqueue(least.Piece);
        return true;
    }

    private void Ask(PickerPeer peer, BlockRef block, Instant now)
    {
        OpenPiece piece = _openOf[block.Piece]!;
        piece.Ask(block.Index);
        peer.Pipe.Add(block, now);
        Watch(peer.Pipe);
        RequestCount++;
        Sort(piece);
    }

    private void Unask(BlockRef block)
    {
        RequestCount--;
        OpenPiece piece = _openOf[block.Piece]!;
        piece.Unask(block.Index);
        Sort(piece);
    }

    private void CancelOthers(int sender, BlockRef block, List<int> cancelled)
    {
        foreach (PickerPeer? other in _peers)
        {
            if (other is not null && other.Index != sender && other.Pipe.Cancel(block))
            {
                RequestCount--;
                cancelled.Add(other.Index);
            }
        }
    }

    /// <summary>Keeps the list of needy pieces true after a change to this one.</summary>
    private void Sort(OpenPiece piece)
    {
        bool isNeedy = piece.UnaskedCount > 0;
        if (isNeedy && !piece.IsListedAsNeedy)
        {
            _needy.Add(piece);
        }
        else if (!isNeedy && piece.IsListedAsNeedy)
        {
            _needy.Remove(piece);
        }

        piece.IsListedAsNeedy = isNeedy;
    }

    private void Close(OpenPiece piece)
    {
        if (piece.IsListedAsNeedy)
        {
            _needy.Remove(piece);
        }

        OpenPiece last = _open[^1];
        _open[piece.Place] = last;
        last.Place = piece.Place;
        _open.RemoveAt(_open.Count - 1);
        _openOf[piece.Piece] = null;
        _closed.Push(piece);
    }
}
