using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>A host's end of a connection: what waits to leave through it, and what is under way to it.</summary>
internal struct ConnectionEnd
{
    public int OtherHost;

    /// <summary>The end at the other host; -1 while that is not known.</summary>
    public int OtherEnd;

    public long LatencyTicks;
    public PeerSlot Slot;
    public EndState State;
    public bool IsAcrossZones;
    public bool IsInRing;

    /// <summary>Waits for the uplink; at its front there is always a block, for messages before it have left.</summary>
    public PacketQueue Waiting;

    /// <summary>Has left the other host; while it is not empty, one event stands for its first packet.</summary>
    public PacketQueue UnderWay;

    /// <summary>The next end in the host's ring of those that wait for the uplink; -1 for none.</summary>
    public int NextInRing;

    public CloseReason Reason;
}

internal enum EndState : byte
{
    /// <summary>Not yet open for this host.</summary>
    Connecting,
    Open,

    /// <summary>Closed by its own host, which will be told that it is gone.</summary>
    Shut,
    Gone,
}
