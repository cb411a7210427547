using Murder.Swarm;

namespace Murder.Simulation;

internal enum PacketKind : byte
{
    Message,
    Handshake,
    Block,

    /// <summary>The other side has closed.</summary>
    End,
}

/// <summary>
/// Something on its way through a connection, in one of its two ends' queues. Small, for most are HAVE and REQUEST and there are many; the few
/// messages that carry more stand aside (<see cref="PacketStore"/>).
/// </summary>
internal struct Packet
{
    public long ArrivesAt;
    public int Next;
    public int Piece;
    public int Offset;
    public int Length;
    public int Aside;
    public PacketKind Kind;
    public byte MessageType;
    public bool IsCorrupt;

    /// <summary>The block has its place in the receiver's downlink.</summary>
    public bool IsReceiving;

    public readonly BlockRef Block => new(Piece, Offset, Length);
}
