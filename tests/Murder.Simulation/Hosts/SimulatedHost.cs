using System.Net;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>
/// One member of the swarm: the shipped session, and what a driver and a machine are to it: slots, a link to the network, a disk, a
/// timer. Like the real driver it carries out the session's orders after each turn, and holds no decision about BitTorrent.
/// </summary>
internal sealed class SimulatedHost
{
    /// <summary>Blocks that wait for the disk before connections stop reading, as in the real driver.</summary>
    private const int BlocksBeingStoredMax = 1024;

    /// <summary>Connections that others opened, as in the real driver.</summary>
    private const int IncomingConnectionsMax = 192;

    private const int CorruptOnceIn = 4;

    private readonly Simulation _simulation;
    private readonly HostLink _link;
    private readonly SwarmRandom _random;
    private readonly Queue<(PeerSlot Slot, HashRequest Request)> _leafLoads = new();
    private int[] _endOfSlot = [];
    private int[] _generations = [];
    private int _slotCount;
    private long _downlinkFree;
    private long _diskFree;
    private long _timeoutAt = long.MaxValue;

    public SimulatedHost(Simulation simulation, int index, int zone, HostHealth health, HostLink link, Bitfield stored, ulong seed)
    {
        Scenario scenario = simulation.Scenario;
        _simulation = simulation;
        _link = link;
        _random = new SwarmRandom(seed);
        Index = index;
        Zone = zone;
        Rack = index / scenario.HostsPerRack;
        Health = health;
        Id = PeerId.Create(_random);
        Address = AddressOf(index);
        Endpoint = new IPEndPoint(Address, Simulation.ListenPort);
        OutgoingEndpoint = new IPEndPoint(Address, 40_000);
        Handshake = new Handshake(simulation.InfoHash, Id, true, true, true);
        IsComplete = stored.IsFull;
        Sent = scenario.Limit is null ? null : new RateMeter();
        Received = scenario.Limit is null ? null : new RateMeter();
        Session = new SwarmSession(simulation.Payload.Metainfo, stored, OptionsOf(scenario, index), Id, _random.Next());
    }

    public int Index { get; }

    public int Zone { get; }

    public int Rack { get; }

    public HostHealth Health { get; }

    public PeerId Id { get; }

    public IPAddress Address { get; }

    public IPEndPoint Endpoint { get; }

    /// <summary>What others see of a connection that this host opened. The same for all: the port is not looked at.</summary>
    public IPEndPoint OutgoingEndpoint { get; }

    public Handshake Handshake { get; }

    public SwarmSession Session { get; }

    public bool HasStarted { get; private set; }

    public bool IsDead { get; private set; }

    public bool IsAlive => HasStarted && !IsDead;

    /// <summary>Not even a refusal comes from it.</summary>
    public bool IsSilent => IsDead && Health == HostHealth.LosesPower;

    public bool Accepts => IsAlive && Health != HostHealth.RefusesConnections && _slotCount < IncomingConnectionsMax + _simulation.Scenario.Session.OutgoingPeersMax;

    public bool IsComplete { get; private set; }

    public long StartedAt { get; private set; }

    public long CompletedAt { get; private set; }

    /// <summary>Buffers that the session holds.</summary>
    public int HandlesHeld { get; private set; }

    public int PeersBanned { get; private set; }

    /// <summary>Who of those that it banned was honest.</summary>
    public int HonestPeersBanned { get; private set; }

    /// <summary>The end of a connection whose block the uplink is sending; -1 for none.</summary>
    public int SendingEnd { get; set; } = -1;

    /// <summary>The ends that wait for the uplink.</summary>
    public int RingFirst { get; set; } = -1;

    public int RingLast { get; set; } = -1;

    /// <summary>Bytes of blocks that left; null when there is no limit to hold them against.</summary>
    public RateMeter? Sent { get; }

    /// <summary>Bytes of blocks that arrived; null when there is no limit to hold them against.</summary>
    public RateMeter? Received { get; }

    public Queue<AnnounceResponse?> TrackerAnswers { get; } = new(1);

    public static IPAddress AddressOf(int index) => new([10, (byte)(index >> 16), (byte)(index >> 8), (byte)index]);

    public static int IndexOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
    }

    public long UplinkTicks(int bytes) => _link.TicksOf(bytes);

    /// <summary>The downlink takes a block's bits; says when the last one is here.</summary>
    /// <param name="lastBitAt">when it could be here at the earliest</param>
    /// <param name="sendingTicks">since when the sender has been sending it</param>
    public long ReceiveBlock(long lastBitAt, int bytes, long sendingTicks, long now)
    {
        long begin = Math.Max(lastBitAt - sendingTicks, _downlinkFree);
        long end = Math.Max(Math.Max(lastBitAt, now), begin + _link.TicksOf(bytes));
        _downlinkFree = end;

        // While too much waits for the disk, connections are not read from.
        return Math.Max(end, _diskFree - _link.DiskTicksOf(BlocksBeingStoredMax * PieceLayout.BlockLength));
    }

    public void Start()
    {
        HasStarted = true;
        StartedAt = _simulation.Now.Ticks;
        HandleTimeout();
    }

    public void Die()
    {
        IsDead = true;
        for (int slot = 0; slot < _endOfSlot.Length; slot++)
        {
            if (_endOfSlot[slot] >= 0)
            {
                _simulation.Network.Abandon(_endOfSlot[slot], IsSilent);
            }
        }
    }

    /// <summary>Tells the session; its orders are carried out at the end of the turn.</summary>
    public void Tell(in SwarmInput input)
    {
        Session.Handle(input, _simulation.Now);
        _simulation.CountInput(Session);
    }

    public void TellBlock(PeerSlot slot, BlockRef block, in Hash256 leaf)
    {
        HandlesHeld++;
        Received?.Add(block.Length, _simulation.Now);
        Tell(SwarmInput.BlockReceived(slot, block, leaf, 0));
    }

    public void OnTimeoutComes(long at)
    {
        if (at == _timeoutAt && IsAlive)
        {
            _timeoutAt = long.MaxValue;
            HandleTimeout();
        }
    }

    public void OnPieceIsStored(int piece) => TellNow(SwarmInput.PieceStored(piece));

    public void OnLeavesAreLoaded()
    {
        (PeerSlot slot, HashRequest request) = _leafLoads.Dequeue();
        TellNow(SwarmInput.LeavesLoaded(slot, request, _simulation.Payload.LeavesOf(request)));
    }

    public void OnAnnounceIsAnswered() =>
        TellNow(TrackerAnswers.Dequeue() is { } answer ? SwarmInput.TrackerAnswered(answer.Peers, answer.Interval) : SwarmInput.TrackerFailed());

    public void CarryOutAll()
    {
        while (Session.TryTake(out SwarmOutput order))
        {
            CarryOut(order);
        }

        SetTimeout();
    }

    /// <summary>Gives the connection the lowest free slot.</summary>
    public PeerSlot TakeSlot(int end)
    {
        int slot = Array.IndexOf(_endOfSlot, -1);
        if (slot < 0)
        {
            slot = _endOfSlot.Length;
            int length = Math.Max(16, 2 * slot);
            Array.Resize(ref _generations, length);
            Array.Resize(ref _endOfSlot, length);
            Array.Fill(_endOfSlot, -1, slot, length - slot);
        }

        _endOfSlot[slot] = end;
        _slotCount++;
        return new PeerSlot(slot, ++_generations[slot]);
    }

    public void FreeSlot(PeerSlot slot)
    {
        _endOfSlot[slot.Index] = -1;
        _slotCount--;
    }

    /// <summary>As the deployer's: its seeder takes more connections than the hosts do.</summary>
    private static SwarmOptions OptionsOf(Scenario scenario, int index) => scenario.Session with
    {
        ListenPort = Simulation.ListenPort,
        BytesPerSecondMax = scenario.Limit,
        IsOrigin = index == Simulation.SeederIndex && scenario.IsSeederOrigin,
        PeersMax = index == Simulation.SeederIndex ? scenario.SeederPeersMax : scenario.Session.PeersMax,
        UnchokedPeersMax = index == Simulation.SeederIndex ? scenario.SeederPeersMax : scenario.Session.UnchokedPeersMax,
    };

    private void TellNow(in SwarmInput input)
    {
        if (IsAlive)
        {
            Tell(input);
            CarryOutAll();
        }
    }

    private void HandleTimeout()
    {
        Session.HandleTimeout(_simulation.Now);
        CarryOutAll();
    }

    /// <summary>As the real driver's timer: moved only when it would come too late.</summary>
    private void SetTimeout()
    {
        if (Session.NextTimeout is { } next && next.Ticks < _timeoutAt)
        {
            _timeoutAt = Math.Max(next.Ticks, _simulation.Now.Ticks);
            _simulation.At(_timeoutAt, EventKind.TimeoutComes, Index);
        }
    }

    private void CarryOut(in SwarmOutput order)
    {
        switch (order.Kind)
        {
            case SwarmOutputKind.OpenConnection:
                _simulation.Network.Open(this, _simulation.Hosts[IndexOf(order.Endpoint!.Address)]);
                break;
            case SwarmOutputKind.SendHandshake when EndOf(order.Slot) is >= 0 and int end:
                _simulation.Network.SendHandshake(end);
                break;
            case SwarmOutputKind.SendMessage when EndOf(order.Slot) is >= 0 and int end:
                _simulation.Network.Send(end, order.Message);
                break;
            case SwarmOutputKind.SendBlock when EndOf(order.Slot) is >= 0 and int end:
                _simulation.Network.SendBlock(end, order.Block, Health == HostHealth.SendsCorruptBlocks && _random.Next(CorruptOnceIn) == 0);
                break;
            case SwarmOutputKind.CloseConnection when EndOf(order.Slot) is >= 0 and int end:
                _simulation.CountClose(order.Reason);
                _simulation.Network.Close(end, order.Reason);
                break;
            case SwarmOutputKind.ReleaseBlock:
                HandlesHeld--;
                break;
            case SwarmOutputKind.StorePiece:
                HandlesHeld -= order.Handles.Length;
                _diskFree = Math.Max(_diskFree, _simulation.Now.Ticks) + _link.DiskTicksOf(_simulation.Payload.Layout.SizeOf(order.Piece));
                _simulation.At(_diskFree + _simulation.Scenario.StoreTime.Ticks, EventKind.PieceIsStored, Index, order.Piece);
                break;
            case SwarmOutputKind.LoadLeaves:
                _leafLoads.Enqueue((order.Slot, order.Hash));
                _simulation.At(_simulation.Now.Ticks + TimeSpan.FromMilliseconds(2).Ticks, EventKind.LeavesAreLoaded, Index);
                break;
            case SwarmOutputKind.Announce:
                _simulation.Tracker.Announce(this, order.Event);
                break;
            case SwarmOutputKind.PeerBanned:
                PeersBanned++;
                HonestPeersBanned += _simulation.Hosts[IndexOf(order.Endpoint!.Address)].Health == HostHealth.SendsCorruptBlocks ? 0 : 1;
                break;
            case SwarmOutputKind.TorrentCompleted when !IsComplete:
                IsComplete = true;
                CompletedAt = _simulation.Now.Ticks;
                _simulation.OnCompleted(this);
                break;
        }
    }

    private int EndOf(PeerSlot slot) =>
        slot.Index < _endOfSlot.Length && _generations[slot.Index] == slot.Generation ? _endOfSlot[slot.Index] : -1;
}
