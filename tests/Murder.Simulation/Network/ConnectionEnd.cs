using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>
/// One host's end of a connection, and what it sends. Ends 2i and 2i + 1 are the opener's and the accepter's of link i.
/// </summary>
internal struct ConnectionEnd
{
    public int Host;
    public PeerSlot Slot;
    public EndState State;

    /// <summary>To the other end.</summary>
    public long LatencyTicks;

    /// <summary>Waits for the uplink; at its front there is always a block, for messages before it have left.</summary>
    public PacketQueue Waiting;

    /// <summary>Has left; while it is not empty, one event stands for its first packet.</summary>
    public PacketQueue UnderWay;

    /// <summary>The next end in the host's ring of those that wait for the uplink; -1 for none.</summary>
    public int NextInRing;

    public bool IsInRing;
    public CloseReason Reason;
}

internal enum EndState : byte
{
    /// <summary>Not yet open for this host, or never.</summary>
    Connecting,
    Open,

    /// <summary>Closed by its own host, which will be told that it is gone.</summary>
    Shut,
    Gone,
}
