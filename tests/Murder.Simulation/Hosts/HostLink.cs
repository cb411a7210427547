namespace Murder.Simulation;

/// <summary>A host's rates: of its network link, the same both ways, and of its disk.</summary>
internal readonly record struct HostLink(long NetworkBytesPerSecond, long DiskBytesPerSecond)
{
    public long TicksOf(long bytes) => Ticks(bytes, NetworkBytesPerSecond);

    public long DiskTicksOf(long bytes) => Ticks(bytes, DiskBytesPerSecond);

    private static long Ticks(long bytes, long rate) => ((bytes * TimeSpan.TicksPerSecond) + rate - 1) / rate;
}
