namespace Murder.Simulation;

/// <summary>What can happen to a host. What the event's target and argument are stands with each; where nothing stands, they mean nothing.</summary>
internal enum EventKind
{
    /// <summary>The host's agent begins to fetch.</summary>
    HostStarts,

    /// <summary>The session's timeout may have come.</summary>
    TimeoutComes,

    /// <summary>The block that the uplink was sending has left.</summary>
    UplinkIsFree,

    /// <summary>The first packet that is under way to an end of a connection arrives. Target: end.</summary>
    PacketArrives,

    /// <summary>Another host wishes to connect. Target: that host; argument: its end.</summary>
    ConnectArrives,

    /// <summary>The connection that this host wished for is open. Target: end; argument: the other host's end.</summary>
    ConnectIsAnswered,

    /// <summary>It could not be opened. Target: end.</summary>
    ConnectFails,

    /// <summary>An end that the host itself closed is gone. Target: end.</summary>
    EndCloses,

    /// <summary>A piece is on disk. Target: piece.</summary>
    PieceIsStored,

    /// <summary>Leaves have been read.</summary>
    LeavesAreLoaded,

    /// <summary>A host's announce has reached the tracker, which lives beside the seeder. Target: the host that announces.</summary>
    AnnounceArrives,

    /// <summary>The tracker's answer, or the lack of it, is here.</summary>
    AnnounceIsAnswered,

    /// <summary>The host dies.</summary>
    HostDies,

    /// <summary>The network is whole again.</summary>
    PartitionHeals,
}

/// <summary>One entry of a host's event queue, without references: events are moved about by the hundred million.</summary>
/// <param name="turn">below <see cref="TurnsMax"/>; decides between events of one instant</param>
/// <param name="sequence">the order in which the host's events were added, which decides between those of one turn</param>
internal readonly struct SimulationEvent(long ticks, int turn, long sequence, EventKind kind, int target, int argument)
{
    public const int TurnsMax = 1 << 16;

    private const int KindBits = 5;
    private const int SequenceBits = 42;

    private readonly long _order = ((long)turn << (SequenceBits + KindBits)) | (sequence << KindBits) | (long)kind;

    public long Ticks { get; } = ticks;

    public int Target { get; } = target;

    public int Argument { get; } = argument;

    public EventKind Kind => (EventKind)(_order & ((1 << KindBits) - 1));

    public bool IsBefore(in SimulationEvent other) => Ticks != other.Ticks ? Ticks < other.Ticks : _order < other._order;
}
