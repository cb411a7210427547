using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>All packets of a shard, by index; queues are lists through <see cref="Packet.Next"/>.</summary>
internal sealed class PacketStore
{
    private readonly List<object?> _aside = [];
    private readonly Stack<int> _freeAside = new();
    private Packet[] _packets = new Packet[1024];
    private int _count;
    private int _free = -1;

    public ref Packet this[int packet] => ref _packets[packet];

    public int Add(PacketKind kind)
    {
        int at = Take();
        _packets[at] = new Packet { Kind = kind, Next = -1, Aside = -1 };
        return at;
    }

    /// <summary>A packet that comes from another store.</summary>
    /// <param name="aside">its message, when that stands aside</param>
    public int Add(in Packet packet, object? aside)
    {
        int at = Take();
        _packets[at] = packet;
        _packets[at].Aside = aside is null ? -1 : PutAside(aside);
        return at;
    }

    /// <summary>The packet's message, when that stands aside.</summary>
    public object? AsideOf(in Packet packet) => packet.Aside < 0 ? null : _aside[packet.Aside];

    public int AddBlock(BlockRef block, bool isCorrupt)
    {
        int at = Add(PacketKind.Block);
        Set(ref _packets[at], block);
        _packets[at].IsCorrupt = isCorrupt;
        return at;
    }

    public int AddMessage(in PeerMessage message)
    {
        int at = Add(PacketKind.Message);
        ref Packet packet = ref _packets[at];
        packet.MessageType = (byte)message.Type;
        switch (message.Type)
        {
            case PeerMessageType.Have or PeerMessageType.SuggestPiece or PeerMessageType.AllowedFast:
                packet.Piece = message.Piece;
                break;
            case PeerMessageType.Request or PeerMessageType.Cancel or PeerMessageType.RejectRequest:
                Set(ref packet, message.Block);
                break;
            case PeerMessageType.Bitfield or PeerMessageType.Extended or PeerMessageType.HashRequest or PeerMessageType.Hashes or PeerMessageType.HashReject:
                packet.Aside = PutAside(message);
                break;
        }

        return at;
    }

    public PeerMessage MessageOf(in Packet packet) => (PeerMessageType)packet.MessageType switch
    {
        _ when packet.Aside >= 0 => (PeerMessage)_aside[packet.Aside]!,
        PeerMessageType.Choke => PeerMessage.Choke,
        PeerMessageType.Unchoke => PeerMessage.Unchoke,
        PeerMessageType.Interested => PeerMessage.Interested,
        PeerMessageType.NotInterested => PeerMessage.NotInterested,
        PeerMessageType.HaveAll => PeerMessage.HaveAll,
        PeerMessageType.HaveNone => PeerMessage.HaveNone,
        PeerMessageType.Have => PeerMessage.Have(packet.Piece),
        PeerMessageType.SuggestPiece => PeerMessage.SuggestPiece(packet.Piece),
        PeerMessageType.AllowedFast => PeerMessage.AllowedFast(packet.Piece),
        PeerMessageType.Request => PeerMessage.Request(packet.Block),
        PeerMessageType.Cancel => PeerMessage.Cancel(packet.Block),
        PeerMessageType.RejectRequest => PeerMessage.RejectRequest(packet.Block),
        _ => PeerMessage.KeepAlive,
    };

    public void Free(int packet)
    {
        ref Packet freed = ref _packets[packet];
        if (freed.Aside >= 0)
        {
            _aside[freed.Aside] = null;
            _freeAside.Push(freed.Aside);
        }

        freed.Next = _free;
        _free = packet;
    }

    private static void Set(ref Packet packet, BlockRef block) => (packet.Piece, packet.Offset, packet.Length) = (block.Piece, block.Offset, block.Length);

    private int PutAside(object message)
    {
        if (_freeAside.TryPop(out int at))
        {
            _aside[at] = message;
            return at;
        }

        _aside.Add(message);
        return _aside.Count - 1;
    }

    private int Take()
    {
        if (_free >= 0)
        {
            int at = _free;
            _free = _packets[at].Next;
            return at;
        }

        if (_count == _packets.Length)
        {
            Array.Resize(ref _packets, 2 * _count);
        }

        return _count++;
    }
}

/// <summary>A queue of packets: its ends, by index in the store.</summary>
internal struct PacketQueue
{
    private int _firstPlusOne; // so that the default value is the empty queue
    private int _last;

    public readonly bool IsEmpty => _firstPlusOne == 0;

    public readonly int First => _firstPlusOne - 1;

    public readonly int Last => _last;

    public void Add(PacketStore store, int packet)
    {
        if (IsEmpty)
        {
            _firstPlusOne = packet + 1;
        }
        else
        {
            store[_last].Next = packet;
        }

        store[packet].Next = -1;
        _last = packet;
    }

    public int Take(PacketStore store)
    {
        int first = First;
        _firstPlusOne = store[first].Next + 1;
        return first;
    }

    public void Clear(PacketStore store)
    {
        while (!IsEmpty)
        {
            store.Free(Take(store));
        }
    }
}
