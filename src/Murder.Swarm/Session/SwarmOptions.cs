namespace Murder.Swarm;

/// <summary>The bounds and waits of a session. The defaults are for a data centre: many members, short paths, nobody to trick.</summary>
public sealed record SwarmOptions
{
    public static SwarmOptions Default { get; } = new();

    /// <summary>Connections of one session, both ways.</summary>
    public int PeersMax { get; init; } = 64;

    /// <summary>Connections we open ourselves; further ones are left for others to open to us.</summary>
    public int OutgoingPeersMax { get; init; } = 25;

    /// <summary>Blocks requested from one peer and not yet answered.</summary>
    public int RequestsPerPeerMax { get; init; } = 256;

    /// <summary>Blocks requested from all peers and not yet answered. 1,024 × 16 KiB fill 1 GB/s for 16 ms.</summary>
    public int RequestsMax { get; init; } = 1024;

    /// <summary>Requests of one peer that wait for us to send; more are answered with a reject (BEP 6).</summary>
    public int RequestsQueuedPerPeerMax { get; init; } = 2048;

    /// <summary>Blocks handed to the driver for one peer and not yet reported as sent. Keeps cancels useful and queues short.</summary>
    public int BlocksInSendPerPeerMax { get; init; } = 16;

    /// <summary>Peers that are unchoked at once.</summary>
    public int UnchokedPeersMax { get; init; } = 64;

    /// <summary>Known endpoints that wait to be connected to.</summary>
    public int CandidatesMax { get; init; } = 1024;

    /// <summary>A request that has waited this long may be asked of somebody else.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection on which nothing arrived for this long is closed.</summary>
    public TimeSpan PeerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A keep-alive is sent when nothing else was for this long.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection without a handshake after this long is closed.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A failed endpoint is tried again after this long, doubled at each failure up to a minute.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait between announces when the tracker could not be reached.</summary>
    public TimeSpan AnnounceRetryDelay { get; init; } = TimeSpan.FromSeconds(2);
}
