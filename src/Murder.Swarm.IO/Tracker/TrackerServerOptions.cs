namespace Murder.Swarm.IO;

/// <summary>The bounds and waits of the tracker's HTTP.</summary>
internal sealed record TrackerServerOptions
{
    public static TrackerServerOptions Default { get; } = new();

    public TrackerOptions Tracker { get; init; } = TrackerOptions.Default;

    /// <summary>
    /// Connections at once; further ones are closed unread. Each of 10,000 hosts keeps one, and may leave a dead one behind. An idle one holds
    /// no buffer and costs less than 4 KB of heap (measured with 5,000); with TLS it costs 70 KB of memory in all (measured once, with 2,000).
    /// </summary>
    public int ConnectionsMax { get; init; } = 20_000;

    /// <summary>Connections that have not proved to be a member's yet; beyond, the oldest is closed.</summary>
    public int AuthenticationsMax { get; init; } = 1024;

    /// <summary>Longest request line and headers together. An announce of ours has 400 bytes.</summary>
    public int RequestBytesMax { get; init; } = 8192;

    /// <summary>From the connection, or a request's first byte, to its last; and for taking the answer. Ends slow requests made to hold connections.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection is kept between two announces: longer than the interval of 20,000 members.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Wait before the next accept when the process has no file descriptor left.</summary>
    public TimeSpan AcceptRetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Connections that the system may hold for us to accept.</summary>
    public int Backlog { get; init; } = 4096;
}
