using System.Net;

namespace Murder.Swarm.Tests;

/// <summary>One session of a <see cref="TestSwarm"/> with what a driver would give it: slots, buffers, a store, an uplink.</summary>
internal sealed class TestMember
{
    private readonly TestSwarm _swarm;
    private readonly List<TestLink?> _slots = [];
    private readonly List<int> _generations = [];
    private readonly Dictionary<int, (BlockRef Block, Hash256 Leaf)> _handles = [];
    private int _nextHandle;
    private Instant _uplinkFree;
    private bool _hasTimeoutEvent;
    private Instant _timeoutEventAt;

    public TestMember(TestSwarm swarm, int index, Bitfield stored, SwarmOptions options)
    {
        _swarm = swarm;
        Index = index;
        Stored = stored.Copy();
        SwarmRandom random = new(swarm.Random.Next());
        Id = PeerId.Create(random);
        Session = new SwarmSession(swarm.Metainfo.Metainfo, stored, options, Id, random.Next());
        Endpoint = new IPEndPoint(new IPAddress([10, 0, (byte)(index >> 8), (byte)index]), 6881);
    }

    public int Index { get; }

    public PeerId Id { get; }

    public IPEndPoint Endpoint { get; }

    public SwarmSession Session { get; }

    public Bitfield Stored { get; }

    public bool IsComplete => Stored.IsFull;

    public bool IsAnnounced { get; private set; }

    public bool IsGone { get; private set; }

    public bool IsStopped { get; private set; }

    /// <summary>One in so many blocks that it sends is corrupt; 0 for none.</summary>
    public int LiesOnceIn { get; init; }

    public bool IsLiar => LiesOnceIn > 0;

    /// <summary>Takes requests and never answers one.</summary>
    public bool IsMute { get; init; }

    /// <summary>Bytes per second.</summary>
    public long UplinkRate { get; init; } = 125_000_000;

    public int HandlesHeld => _handles.Count;

    public List<(IPEndPoint Endpoint, BlockRef Block)> Banned { get; } = [];

    public List<AnnounceEvent> Announced { get; } = [];

    public int TorrentCompletedCount { get; private set; }

    public Dictionary<CloseReason, int> Closed { get; } = [];

    public IEnumerable<TestLink> Links => _slots.OfType<TestLink>();

    public void Start()
    {
        Session.HandleTimeout(_swarm.Now);
        CarryOutAll();
    }

    /// <summary>As when the machine loses its power: nobody is told by it.</summary>
    public void Vanish()
    {
        IsGone = true;
        foreach (TestLink link in Links.ToArray())
        {
            link.Break(this);
        }
    }

    public void Give(in SwarmInput input)
    {
        if (IsGone)
        {
            return;
        }

        Session.Handle(input, _swarm.Now);
        _swarm.CountInput(Session);
        CarryOutAll();
    }

    public PeerSlot TakeSlot(TestLink link)
    {
        int index = _slots.IndexOf(null);
        if (index < 0)
        {
            index = _slots.Count;
            _slots.Add(null);
            _generations.Add(0);
        }

        _slots[index] = link;
        return new PeerSlot(index, ++_generations[index]);
    }

    public void FreeSlot(PeerSlot slot) => _slots[slot.Index] = null;

    public int NewHandle(BlockRef block, Hash256 leaf)
    {
        _handles.Add(_nextHandle, (block, leaf));
        return _nextHandle++;
    }

    public override string ToString() =>
        $"#{Index} {(IsGone ? "gone " : "")}{Stored.Count}/{Stored.Length}, wasted {Session.Stats.WastedBytes / PieceLayout.BlockLength}, peers {Session.Stats.PeersConnected}";

    private void CarryOutAll()
    {
        while (Session.TryTake(out SwarmOutput output))
        {
            _swarm.Trace(this, output);
            CarryOut(output);
        }

        SetTimeout();
    }

    private void SetTimeout()
    {
        if (Session.NextTimeout is not { } next || IsGone || (_hasTimeoutEvent && _timeoutEventAt <= next))
        {
            return;
        }

        _hasTimeoutEvent = true;
        _timeoutEventAt = next < _swarm.Now ? _swarm.Now : next;
        Instant at = _timeoutEventAt;
        _swarm.AtInstant(at, () => OnTimeout(at));
    }

    private void OnTimeout(Instant at)
    {
        if (IsGone || !_hasTimeoutEvent || at != _timeoutEventAt)
        {
            return;
        }

        _hasTimeoutEvent = false;
        Session.HandleTimeout(_swarm.Now);
        _swarm.CountInput(Session);
        CarryOutAll();
    }

    private void CarryOut(in SwarmOutput output)
    {
        Assert.False(IsStopped && output.Kind != SwarmOutputKind.ReleaseBlock, "Stopped is the last order but for buffers that come late");
        PeerSlot slot = output.Slot;
        switch (output.Kind)
        {
            case SwarmOutputKind.OpenConnection:
                Open(output.Endpoint!);
                break;
            case SwarmOutputKind.SendHandshake:
                _slots[slot.Index]?.SendHandshake(this);
                break;
            case SwarmOutputKind.SendMessage:
                _slots[slot.Index]?.SendMessage(this, output.Message);
                break;
            case SwarmOutputKind.SendBlock:
                SendBlock(slot, output.Block);
                break;
            case SwarmOutputKind.CloseConnection:
                Closed[output.Reason] = Closed.GetValueOrDefault(output.Reason) + 1;
                _slots[slot.Index]?.Close(this, output.Reason);
                break;
            case SwarmOutputKind.ReleaseBlock:
                Assert.True(_handles.Remove(output.Handle), $"handle {output.Handle} was given back twice");
                break;
            case SwarmOutputKind.StorePiece:
                Store(output.Piece, output.Handles.Span);
                break;
            case SwarmOutputKind.LoadLeaves:
                LoadLeaves(slot, output.Hash);
                break;
            case SwarmOutputKind.Announce:
                Announce(output.Event);
                break;
            case SwarmOutputKind.PeerBanned:
                Banned.Add((output.Endpoint!, output.Block));
                break;
            case SwarmOutputKind.TorrentCompleted:
                TorrentCompletedCount++;
                break;
            case SwarmOutputKind.Stopped:
                IsStopped = true;
                break;
        }
    }

    private void Open(IPEndPoint endpoint)
    {
        TestMember? other = _swarm.Members.Find(member => member.Endpoint.Equals(endpoint));
        _swarm.At(2 * _swarm.Latency, () =>
        {
            if (other is null || other.IsGone || other.IsStopped)
            {
                Give(SwarmInput.ConnectFailed(endpoint));
            }
            else if (!IsGone)
            {
                TestLink.Open(_swarm, this, other);
            }
        });
    }

    private void SendBlock(PeerSlot slot, BlockRef block)
    {
        Assert.True(Stored[block.Piece], "only what is stored is sent");
        if (IsMute)
        {
            return;
        }

        TestLink? link = _slots[slot.Index];
        Instant start = _uplinkFree > _swarm.Now ? _uplinkFree : _swarm.Now;
        _uplinkFree = start + TimeSpan.FromTicks(block.Length * TimeSpan.TicksPerSecond / UplinkRate);
        bool isLie = IsLiar && _swarm.Random.Next(LiesOnceIn) == 0;
        Hash256 leaf = isLie ? Hash256.Of("a lie"u8) : _swarm.Metainfo.LeafOf(block);
        _swarm.AtInstant(_uplinkFree, () =>
        {
            link?.SendBlock(this, block, leaf);
            Give(SwarmInput.BlockSent(slot, block));
        });
    }

    private void Store(int piece, ReadOnlySpan<int> handles)
    {
        Assert.Equal(_swarm.Metainfo.Layout.BlockCount(piece), handles.Length);
        for (int index = 0; index < handles.Length; index++)
        {
            Assert.True(_handles.Remove(handles[index], out (BlockRef Block, Hash256 Leaf) held), $"handle {handles[index]} was given back twice");
            Assert.Equal(_swarm.Metainfo.Layout.Block(piece, index), held.Block);
            Assert.Equal(_swarm.Metainfo.LeafOf(held.Block), held.Leaf);
        }

        _swarm.At(TimeSpan.FromMilliseconds(1 + _swarm.Random.Next(5)), () =>
        {
            Stored.Add(piece);
            Give(SwarmInput.PieceStored(piece));
        });
    }

    private void LoadLeaves(PeerSlot slot, HashRequest request)
    {
        int file = Enumerable.Range(0, _swarm.Metainfo.Layout.FileCount).First(file => _swarm.Metainfo.Metainfo.Files[file].PiecesRoot == request.PiecesRoot);
        Hash256[] leaves = [.. Enumerable.Range(request.Index, request.Length).Select(block => _swarm.Metainfo.LeafOf(file, block))];
        _swarm.At(TimeSpan.FromMilliseconds(2), () => Give(SwarmInput.LeavesLoaded(slot, request, leaves)));
    }

    private void Announce(AnnounceEvent told)
    {
        Announced.Add(told);
        IsAnnounced = told != AnnounceEvent.Stopped;
        _swarm.At(2 * _swarm.Latency, () => Give(SwarmInput.TrackerAnswered([.. _swarm.Peers(this)], _swarm.AnnounceInterval)));
    }
}
