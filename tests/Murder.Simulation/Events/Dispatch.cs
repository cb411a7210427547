namespace Murder.Simulation;

/// <summary>Something on its way from one host to another. It is handed over when both have come to the end of a window of time.</summary>
internal struct Dispatch
{
    public int ToHost;
    public EventKind Kind;
    public int Target;
    public int Argument;

    /// <summary>When it arrives, and what does if it is a packet.</summary>
    public Packet Packet;

    /// <summary>The packet's message, when it is one that stands aside.</summary>
    public object? Aside;
}
