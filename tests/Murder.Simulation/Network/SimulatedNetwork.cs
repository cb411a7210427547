using System.Net;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>
/// Connections, and the links they share.
/// <para>
/// An uplink sends one block after the other at its rate, in turn from each connection that has some: about what a kernel's fair queueing
/// does with the connections of one process. A session keeps at most <see cref="SwarmOptions.BlocksInSendPerPeerMax"/> blocks in a
/// connection, as with the real driver; a block counts as sent when its last bit has left, so the kernel's buffer is thought of as part
/// of those eight. What is sent through one connection arrives in the order of sending: a message waits behind the blocks before it, as in
/// TCP, and is then free: its bytes (a HAVE is nine, a REQUEST seventeen for each 16 KiB) are not counted.
/// </para>
/// <para>
/// A downlink receives one block at a time at its rate, in the order in which the first blocks of its connections come; what is ahead of
/// its turn waits in the network, without bound and without loss. A receiver that is as fast as the sender adds nothing to a block that
/// finds it idle (bits are received while they are sent).
/// </para>
/// </summary>
internal sealed partial class SimulatedNetwork(Simulation simulation)
{
    private readonly PacketStore _packets = new();
    private readonly List<int> _parked = []; // ends whose turn at the uplink came while the network was cut
    private readonly Stack<int> _freeLinks = new();
    private ConnectionEnd[] _ends = new ConnectionEnd[1024];
    private int _endCount;

    /// <summary>Bytes of blocks that arrived, and those of them that came from another zone.</summary>
    public long BlockBytes { get; private set; }

    public long BlockBytesAcrossZones { get; private set; }

    private IReadOnlyList<SimulatedHost> Hosts => simulation.Hosts;

    public void Send(int end, in PeerMessage message) => Send(end, _packets.AddMessage(message));

    public void SendHandshake(int end) => Send(end, _packets.Add(PacketKind.Handshake));

    public void SendBlock(int end, BlockRef block, bool isCorrupt) => Send(end, _packets.AddBlock(block, isCorrupt));

    /// <summary>A block of this host has left: the next one's turn.</summary>
    public void OnUplinkIsFree(SimulatedHost host)
    {
        int end = host.SendingEnd;
        host.SendingEnd = -1;
        ref ConnectionEnd sender = ref _ends[end];
        if (!host.IsAlive)
        {
            return;
        }

        if (sender.State == EndState.Open)
        {
            BlockRef block = Leave(end);
            PeerSlot slot = _ends[end].Slot;
            Requeue(host, end);
            StartUplink(host);
            host.Sent?.Add(block.Length, simulation.Now);
            host.Tell(SwarmInput.BlockSent(slot, block));
        }
        else
        {
            sender.IsInRing = false;
            TryFree(end);
            StartUplink(host);
        }

        host.CarryOutAll();
    }

    /// <summary>What waited for the network to be whole waits for the uplinks again.</summary>
    public void OnPartitionHeals()
    {
        foreach (int end in _parked)
        {
            SimulatedHost host = Hosts[_ends[end].Host];
            AddToRing(host, end);
            StartUplink(host);
        }

        _parked.Clear();
    }

    /// <summary>What has come through a connection is told to the host that it came to, all that is there at this instant in one turn.</summary>
    public void OnPacketArrives(int end)
    {
        int toEnd = end ^ 1;
        SimulatedHost to = Hosts[_ends[toEnd].Host];
        long now = simulation.Now.Ticks;
        if (IsCut(end) && to.IsAlive)
        {
            // TCP sends again once the network is whole. Until then a block has no place in the receiver's downlink: it would keep all others out.
            long again = simulation.PartitionEnd + simulation.Random.Next((int)TimeSpan.TicksPerSecond);
            _packets[_ends[end].UnderWay.First].ArrivesAt = again;
            simulation.At(again, EventKind.PacketArrives, end);
            return;
        }

        while (!_ends[end].UnderWay.IsEmpty)
        {
            int first = _ends[end].UnderWay.First;
            ref Packet packet = ref _packets[first];
            bool isHeard = to.IsAlive && _ends[toEnd].State is EndState.Open;
            if (isHeard && packet.Kind == PacketKind.Block && !packet.IsReceiving)
            {
                packet.IsReceiving = true;
                packet.ArrivesAt = to.ReceiveBlock(packet.ArrivesAt, packet.Length, Hosts[_ends[end].Host].UplinkTicks(packet.Length), now);
            }

            if (packet.ArrivesAt > now)
            {
                break;
            }

            _ends[end].UnderWay.Take(_packets);
            if (isHeard)
            {
                Deliver(end, packet, to);
            }

            _packets.Free(first);
        }

        if (!_ends[end].UnderWay.IsEmpty)
        {
            simulation.At(_packets[_ends[end].UnderWay.First].ArrivesAt, EventKind.PacketArrives, end);
        }

        to.CarryOutAll();
        TryFree(end);
    }

    private void Deliver(int end, in Packet packet, SimulatedHost to)
    {
        PeerSlot slot = _ends[end ^ 1].Slot;
        simulation.Trace.Add(((long)packet.Piece << 32) | ((long)packet.MessageType << 24) | ((long)packet.Kind << 20) | (uint)(packet.Offset / PieceLayout.BlockLength));
        switch (packet.Kind)
        {
            case PacketKind.Message:
                to.Tell(SwarmInput.MessageReceived(slot, _packets.MessageOf(packet)));
                break;
            case PacketKind.Handshake:
                to.Tell(SwarmInput.HandshakeReceived(slot, Hosts[_ends[end].Host].Handshake));
                break;
            case PacketKind.Block:
                BlockBytes += packet.Length;
                BlockBytesAcrossZones += to.Zone == Hosts[_ends[end].Host].Zone ? 0 : packet.Length;
                to.TellBlock(slot, packet.Block, packet.IsCorrupt ? FakePayload.CorruptLeaf : FakePayload.Leaf);
                break;
            case PacketKind.End:
                Lose(end ^ 1, CloseReason.Lost);
                break;
        }
    }

    private void Send(int end, int packet)
    {
        ref ConnectionEnd sender = ref _ends[end];
        if (sender.State != EndState.Open)
        {
            _packets.Free(packet);
            return;
        }

        if (sender.Waiting.IsEmpty && _packets[packet].Kind != PacketKind.Block)
        {
            Launch(end, packet);
            return;
        }

        sender.Waiting.Add(_packets, packet);
        if (!sender.IsInRing)
        {
            SimulatedHost host = Hosts[sender.Host];
            sender.IsInRing = true;
            AddToRing(host, end);
            StartUplink(host);
        }
    }

    /// <summary>The packet has left: it arrives after the latency, and not before what was sent earlier.</summary>
    private void Launch(int end, int packet)
    {
        ref ConnectionEnd sender = ref _ends[end];
        long arrival = simulation.Now.Ticks + simulation.LatencyTicks(Hosts[sender.Host], Hosts[_ends[end ^ 1].Host]);
        bool isFirst = sender.UnderWay.IsEmpty;
        _packets[packet].ArrivesAt = isFirst ? arrival : Math.Max(arrival, _packets[sender.UnderWay.Last].ArrivesAt);
        sender.UnderWay.Add(_packets, packet);
        if (isFirst)
        {
            simulation.At(arrival, EventKind.PacketArrives, end);
        }
    }

    /// <summary>The block at the front has left, and with it the messages behind it.</summary>
    private BlockRef Leave(int end)
    {
        int block = _ends[end].Waiting.Take(_packets);
        BlockRef left = _packets[block].Block;
        Launch(end, block);
        while (!_ends[end].Waiting.IsEmpty && _packets[_ends[end].Waiting.First].Kind != PacketKind.Block)
        {
            Launch(end, _ends[end].Waiting.Take(_packets));
        }

        return left;
    }

    private void StartUplink(SimulatedHost host)
    {
        while (host.SendingEnd < 0 && host.RingFirst >= 0)
        {
            int end = host.RingFirst;
            host.RingFirst = _ends[end].NextInRing;
            if (_ends[end].State != EndState.Open)
            {
                _ends[end].IsInRing = false;
                TryFree(end);
                continue;
            }

            if (IsCut(end))
            {
                _parked.Add(end); // into a network that is cut, TCP sends next to nothing
                continue;
            }

            host.SendingEnd = end;
            simulation.At(simulation.Now.Ticks + host.UplinkTicks(_packets[_ends[end].Waiting.First].Length), EventKind.UplinkIsFree, host.Index);
        }
    }

    private void Requeue(SimulatedHost host, int end)
    {
        if (_ends[end].Waiting.IsEmpty)
        {
            _ends[end].IsInRing = false;
        }
        else
        {
            AddToRing(host, end);
        }
    }

    private void AddToRing(SimulatedHost host, int end)
    {
        _ends[end].NextInRing = -1;
        if (host.RingFirst < 0)
        {
            host.RingFirst = end;
        }
        else
        {
            _ends[host.RingLast].NextInRing = end;
        }

        host.RingLast = end;
    }

    private bool IsCut(int end) => simulation.IsCut(Hosts[_ends[end].Host], Hosts[_ends[end ^ 1].Host]);
}
