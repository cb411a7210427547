using System.Net;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>
/// One member of the swarm: the shipped session, and what a driver and a machine are to it: slots, a link to the network, a disk, a
/// timer. Like the real driver it carries out the session's orders after each turn, and holds no decision about BitTorrent.
/// </summary>
internal sealed partial class SimulatedHost
{
    /// <summary>Blocks that wait for the disk before connections stop reading, as in the real driver.</summary>
    private const int BlocksBeingStoredMax = 1024;

    /// <summary>Connections that others opened, as in the real driver.</summary>
    private const int IncomingConnectionsMax = 192;

    private const int CorruptOnceIn = 4;

    private readonly Simulation _simulation;
    private readonly Shard _shard;
    private readonly Queue<(PeerSlot Slot, HashRequest Request)> _leafLoads = new();
    private int[] _endOfSlot = [];
    private int[] _generations = [];
    private int _slotCount;
    private long _diskFree;
    private long _timeoutAt = long.MaxValue;

    public SimulatedHost(Simulation simulation, Shard shard, int index, int zone, HostHealth health, Bitfield stored, ulong seed)
    {
        Scenario scenario = simulation.Scenario;
        _simulation = simulation;
        _shard = shard;
        Random = new SwarmRandom(seed);
        Index = index;
        Link = simulation.LinkOf(index);
        Network = new HostNetwork(simulation, shard, this);
        Zone = zone;
        Rack = index / scenario.HostsPerRack;
        Health = health;
        Id = PeerId.Create(Random);
        Address = AddressOf(index);
        Endpoint = new IPEndPoint(Address, Simulation.ListenPort);
        OutgoingEndpoint = new IPEndPoint(Address, 40_000);
        Handshake = new Handshake(simulation.InfoHash, Id, true, true, true);
        IsComplete = stored.IsFull;
        Sent = scenario.Limit is null ? null : new RateMeter();
        Received = scenario.Limit is null ? null : new RateMeter();
        Session = new SwarmSession(simulation.Payload.Metainfo, stored, OptionsOf(scenario, index, ZoneTold), Id, Random.Next());
    }

    public int Index { get; }

    public int Zone { get; }

    /// <summary>What it says of its zone. The seeder does not say: the deployer may be anywhere.</summary>
    public string ZoneTold => _simulation.Scenario.IsZoneTold && Index != Simulation.SeederIndex ? $"zone {Zone}" : "";

    public int Rack { get; }

    public HostHealth Health { get; }

    public HostLink Link { get; }

    public HostNetwork Network { get; }

    public SwarmRandom Random { get; }

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

    public long CompletedAt { get; private set; }

    /// <summary>Buffers that the session holds.</summary>
    public int HandlesHeld { get; private set; }

    public int PeersBanned { get; private set; }

    /// <summary>Who of those that it banned was honest.</summary>
    public int HonestPeersBanned { get; private set; }

    /// <summary>While too much waits for the disk, connections are not read from before this.</summary>
    public long ReadsFrom => _diskFree - Link.DiskTicksOf(BlocksBeingStoredMax * PieceLayout.BlockLength);

    /// <summary>What it announces, until the answer is here: one at a time.</summary>
    public AnnounceRequest? Announced { get; set; }

    /// <summary>The tracker's last answer; null when it could not be reached.</summary>
    public AnnounceResponse? TrackerAnswer { get; set; }

    /// <summary>Bytes of blocks that left; null when there is no limit to hold them against.</summary>
    public RateMeter? Sent { get; }

    /// <summary>Bytes of blocks that arrived; null when there is no limit to hold them against.</summary>
    public RateMeter? Received { get; }

    public static IPAddress AddressOf(int index) => new([10, (byte)(index >> 16), (byte)(index >> 8), (byte)index]);

    public static int IndexOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
    }

    /// <summary>Tells the session; its orders are carried out at the end of the turn.</summary>
    public void Tell(in SwarmInput input)
    {
        Session.Handle(input, Now);
        InputCount++;
        int every = _simulation.Scenario.InvariantsEvery;
        if (every > 0 && (InputCount + (Index * 997L)) % every == 0) // not of all hosts at once
        {
            Session.CheckInvariants();
        }
    }

    public void TellBlock(PeerSlot slot, BlockRef block, in Hash256 leaf)
    {
        HandlesHeld++;
        Received?.Add(block.Length, Now);
        Tell(SwarmInput.BlockReceived(slot, block, leaf, 0));
    }

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
    private static SwarmOptions OptionsOf(Scenario scenario, int index, string zone) => scenario.Session with
    {
        Zone = zone,
        ListenPort = Simulation.ListenPort,
        BytesPerSecondMax = scenario.Limit,
        IsOrigin = index == Simulation.SeederIndex && scenario.IsSeederOrigin,
        PeersMax = index == Simulation.SeederIndex ? scenario.SeederPeersMax : scenario.Session.PeersMax,
        UnchokedPeersMax = index == Simulation.SeederIndex ? scenario.SeederPeersMax : scenario.Session.UnchokedPeersMax,
    };

    private void Start()
    {
        HasStarted = true;
        HandleTimeout();
    }

    private void OnTimeoutComes(long at)
    {
        if (at == _timeoutAt && IsAlive)
        {
            _timeoutAt = long.MaxValue;
            HandleTimeout();
        }
    }

    private void OnLeavesAreLoaded()
    {
        (PeerSlot slot, HashRequest request) = _leafLoads.Dequeue();
        TellNow(SwarmInput.LeavesLoaded(slot, request, _simulation.Payload.LeavesOf(request)));
    }

    private void OnAnnounceIsAnswered() =>
        TellNow(TrackerAnswer is { } answer ? SwarmInput.TrackerAnswered(answer.Peers, answer.Interval) : SwarmInput.TrackerFailed());

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
        Session.HandleTimeout(Now);
        CarryOutAll();
    }

    /// <summary>As the real driver's timer: moved only when it would come too late.</summary>
    private void SetTimeout()
    {
        if (Session.NextTimeout is { } next && next.Ticks < _timeoutAt)
        {
            _timeoutAt = Math.Max(next.Ticks, Now.Ticks);
            At(_timeoutAt, EventKind.TimeoutComes);
        }
    }

    private void CarryOut(in SwarmOutput order)
    {
        switch (order.Kind)
        {
            case SwarmOutputKind.OpenConnection:
                Network.Open(_simulation.Hosts[IndexOf(order.Endpoint!.Address)]);
                break;
            case SwarmOutputKind.SendHandshake when EndOf(order.Slot) is >= 0 and int end:
                Network.SendHandshake(end);
                break;
            case SwarmOutputKind.SendMessage when EndOf(order.Slot) is >= 0 and int end:
                Network.Send(end, order.Message);
                break;
            case SwarmOutputKind.SendBlock when EndOf(order.Slot) is >= 0 and int end:
                Network.SendBlock(end, order.Block, Health == HostHealth.SendsCorruptBlocks && Random.Next(CorruptOnceIn) == 0);
                break;
            case SwarmOutputKind.CloseConnection when EndOf(order.Slot) is >= 0 and int end:
                _simulation.CountClose(order.Reason);
                Network.Close(end, order.Reason);
                break;
            case SwarmOutputKind.ReleaseBlock:
                HandlesHeld--;
                break;
            case SwarmOutputKind.StorePiece:
                HandlesHeld -= order.Handles.Length;
                _diskFree = Math.Max(_diskFree, Now.Ticks) + Link.DiskTicksOf(_simulation.Payload.Layout.SizeOf(order.Piece));
                At(_diskFree + _simulation.Scenario.StoreTime.Ticks, EventKind.PieceIsStored, order.Piece);
                break;
            case SwarmOutputKind.LoadLeaves:
                _leafLoads.Enqueue((order.Slot, order.Hash));
                At(Now.Ticks + TimeSpan.FromMilliseconds(2).Ticks, EventKind.LeavesAreLoaded);
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
                CompletedAt = Now.Ticks;
                _simulation.OnCompleted(this);
                break;
        }
    }

    private int EndOf(PeerSlot slot) =>
        slot.Index < _endOfSlot.Length && _generations[slot.Index] == slot.Generation ? _endOfSlot[slot.Index] : -1;
}
