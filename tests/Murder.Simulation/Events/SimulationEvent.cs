namespace Murder.Simulation;

/// <summary>What can happen in the simulated world.</summary>
internal enum EventKind
{
    /// <summary>A host's agent begins to fetch. Target: host.</summary>
    HostStarts,

    /// <summary>A session's timeout may have come. Target: host.</summary>
    TimeoutComes,

    /// <summary>The block at the front of a host's uplink has left. Target: host.</summary>
    UplinkIsFree,

    /// <summary>The first packet under way from an end of a connection arrives. Target: end.</summary>
    PacketArrives,

    /// <summary>The wish to connect has reached the other host. Target: link.</summary>
    ConnectArrives,

    /// <summary>The connection is open for who opened it. Target: link.</summary>
    ConnectIsAnswered,

    /// <summary>The connection could not be opened. Target: link.</summary>
    ConnectFails,

    /// <summary>An end that was closed by its own host is gone. Target: end.</summary>
    EndCloses,

    /// <summary>A piece is on disk. Target: host; argument: piece.</summary>
    PieceIsStored,

    /// <summary>Leaves have been read. Target: host.</summary>
    LeavesAreLoaded,

    /// <summary>An announce has reached the tracker. Target: host; argument: the announce's event.</summary>
    AnnounceArrives,

    /// <summary>The tracker's answer, or the lack of it, has reached the host. Target: host.</summary>
    AnnounceIsAnswered,

    /// <summary>A host dies. Target: host.</summary>
    HostDies,
}

/// <summary>One entry of the event queue, without references: events are moved about by the hundred million.</summary>
internal readonly struct SimulationEvent(long ticks, long sequence, EventKind kind, int target, int argument)
{
    private const int KindBits = 5;

    private readonly long _order = (sequence << KindBits) | (long)kind;

    public long Ticks { get; } = ticks;

    public int Target { get; } = target;

    public int Argument { get; } = argument;

    public EventKind Kind => (EventKind)(_order & ((1 << KindBits) - 1));

    public bool IsBefore(in SimulationEvent other) => Ticks != other.Ticks ? Ticks < other.Ticks : _order < other._order;
}
