using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>
/// A host's connections, and the link they share.
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
internal sealed partial class HostNetwork(Simulation simulation, Shard shard, SimulatedHost host)
{
    private readonly PacketStore _packets = shard.Packets;
    private readonly List<int> _parked = []; // ends whose turn at the uplink came while the network was cut
    private ConnectionEnd[] _ends = new ConnectionEnd[32];
    private int _endCount;
    private int _sendingEnd = -1; // whose block the uplink is sending; -1 for none
    private int _ringFirst = -1; // of the ends that wait for the uplink
    private int _ringLast = -1;
    private long _downlinkFree;

    /// <summary>Bytes of blocks that arrived, and those of them that came from another zone.</summary>
    public long BlockBytes { get; private set; }

    public long BlockBytesAcrossZones { get; private set; }

    public void Send(int end, in PeerMessage message) => Send(end, _packets.AddMessage(message));

    public void SendHandshake(int end) => Send(end, _packets.Add(PacketKind.Handshake));

    public void SendBlock(int end, BlockRef block, bool isCorrupt) => Send(end, _packets.AddBlock(block, isCorrupt));

    /// <summary>A block has left: the next one's turn.</summary>
    public void OnUplinkIsFree()
    {
        int end = _sendingEnd;
        _sendingEnd = -1;
        if (!host.IsAlive)
        {
            return;
        }

        if (_ends[end].State == EndState.Open)
        {
            BlockRef block = Leave(end);
            Requeue(end);
            StartUplink();
            host.Sent?.Add(block.Length, host.Now);
            host.Tell(SwarmInput.BlockSent(_ends[end].Slot, block));
        }
        else
        {
            _ends[end].IsInRing = false;
            StartUplink();
        }

        host.CarryOutAll();
    }

    /// <summary>What waited for the network to be whole waits for the uplink again.</summary>
    public void OnPartitionHeals()
    {
        foreach (int end in _parked)
        {
            AddToRing(end);
        }

        _parked.Clear();
        StartUplink();
    }

    /// <summary>A packet has left the other host for this end, and is under way.</summary>
    public void TakeIn(int end, in Packet packet, object? aside)
    {
        bool isFirst = _ends[end].UnderWay.IsEmpty;
        _ends[end].UnderWay.Add(_packets, _packets.Add(packet, aside));
        if (isFirst)
        {
            host.ArriveAt(packet.ArrivesAt, EventKind.PacketArrives, end);
        }
    }

    /// <summary>What has come through a connection is told to the session, all that is there at this instant in one turn.</summary>
    public void OnPacketArrives(int end)
    {
        long now = host.Now.Ticks;
        if (host.IsAlive && IsCut(end))
        {
            // TCP sends again once the network is whole. Until then a block has no place in the receiver's downlink: it would keep all others out.
            long again = simulation.PartitionEnd + host.Random.Next((int)TimeSpan.TicksPerSecond);
            _packets[_ends[end].UnderWay.First].ArrivesAt = again;
            host.At(again, EventKind.PacketArrives, end);
            return;
        }

        while (!_ends[end].UnderWay.IsEmpty)
        {
            int first = _ends[end].UnderWay.First;
            ref Packet packet = ref _packets[first];
            bool isHeard = host.IsAlive && _ends[end].State is EndState.Open;
            if (isHeard && packet.Kind == PacketKind.Block && !packet.IsReceiving)
            {
                packet.IsReceiving = true;
                packet.ArrivesAt = Receive(packet, simulation.LinkOf(_ends[end].OtherHost).TicksOf(packet.Length), now);
            }

            if (packet.ArrivesAt > now)
            {
                break;
            }

            _ends[end].UnderWay.Take(_packets);
            if (isHeard)
            {
                Deliver(end, packet);
            }

            _packets.Free(first);
        }

        if (!_ends[end].UnderWay.IsEmpty)
        {
            host.At(_packets[_ends[end].UnderWay.First].ArrivesAt, EventKind.PacketArrives, end);
        }

        host.CarryOutAll();
    }

    /// <summary>The downlink takes a block's bits; says when the last one is here.</summary>
    /// <param name="sendingTicks">since when the sender has been sending it</param>
    private long Receive(in Packet block, long sendingTicks, long now)
    {
        long begin = Math.Max(block.ArrivesAt - sendingTicks, _downlinkFree);
        long end = Math.Max(Math.Max(block.ArrivesAt, now), begin + host.Link.TicksOf(block.Length));
        _downlinkFree = end;
        return Math.Max(end, host.ReadsFrom);
    }

    private void Deliver(int end, in Packet packet)
    {
        PeerSlot slot = _ends[end].Slot;
        host.Trace.Add(((long)packet.Piece << 32) | ((long)packet.MessageType << 24) | ((long)packet.Kind << 20) | (uint)(packet.Offset / PieceLayout.BlockLength));
        switch (packet.Kind)
        {
            case PacketKind.Message:
                host.Tell(SwarmInput.MessageReceived(slot, _packets.MessageOf(packet)));
                break;
            case PacketKind.Handshake:
                host.Tell(SwarmInput.HandshakeReceived(slot, simulation.Hosts[_ends[end].OtherHost].Handshake));
                break;
            case PacketKind.Block:
                BlockBytes += packet.Length;
                BlockBytesAcrossZones += _ends[end].IsAcrossZones ? packet.Length : 0;
                host.TellBlock(slot, packet.Block, packet.IsCorrupt ? FakePayload.CorruptLeaf : FakePayload.Leaf);
                break;
            case PacketKind.End:
                Lose(end, CloseReason.Lost);
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
            sender.IsInRing = true;
            AddToRing(end);
            StartUplink();
        }
    }

    /// <summary>The packet has left: it is the other host's after the latency, and no longer in this host's store.</summary>
    private void Launch(int end, int packet)
    {
        ref ConnectionEnd sender = ref _ends[end];
        ref Dispatch dispatch = ref shard.Send(simulation.ShardOf(sender.OtherHost));
        dispatch.ToHost = sender.OtherHost;
        dispatch.Kind = EventKind.PacketArrives;
        dispatch.Target = sender.OtherEnd;
        dispatch.Packet = _packets[packet];
        dispatch.Packet.ArrivesAt = host.Now.Ticks + sender.LatencyTicks;
        dispatch.Aside = _packets.AsideOf(dispatch.Packet);
        _packets.Free(packet);
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

    private void StartUplink()
    {
        while (_sendingEnd < 0 && _ringFirst >= 0)
        {
            int end = _ringFirst;
            _ringFirst = _ends[end].NextInRing;
            if (_ends[end].State != EndState.Open)
            {
                _ends[end].IsInRing = false;
                continue;
            }

            if (IsCut(end))
            {
                Park(end);
                continue;
            }

            _sendingEnd = end;
            host.At(host.Now.Ticks + host.Link.TicksOf(_packets[_ends[end].Waiting.First].Length), EventKind.UplinkIsFree);
        }
    }

    /// <summary>Into a network that is cut, TCP sends next to nothing.</summary>
    private void Park(int end)
    {
        if (_parked.Count == 0)
        {
            host.At(simulation.PartitionEnd, EventKind.PartitionHeals);
        }

        _parked.Add(end);
    }

    private void Requeue(int end)
    {
        if (_ends[end].Waiting.IsEmpty)
        {
            _ends[end].IsInRing = false;
        }
        else
        {
            AddToRing(end);
        }
    }

    private void AddToRing(int end)
    {
        _ends[end].NextInRing = -1;
        if (_ringFirst < 0)
        {
            _ringFirst = end;
        }
        else
        {
            _ends[_ringLast].NextInRing = end;
        }

        _ringLast = end;
    }

    private bool IsCut(int end) =>
        _ends[end].IsAcrossZones && simulation.IsCut(host.Now.Ticks, host.Zone, simulation.Hosts[_ends[end].OtherHost].Zone);
}
