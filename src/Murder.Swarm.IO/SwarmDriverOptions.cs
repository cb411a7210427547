using System.Net;

namespace Murder.Swarm.IO;

/// <summary>How a driver takes part in a swarm.</summary>
public sealed record SwarmDriverOptions
{
    public SwarmOptions Session { get; init; } = SwarmOptions.Default;

    /// <summary>First port to listen on; 0 lets the system choose. When taken, the following ports are tried.</summary>
    public int Port { get; init; }

    /// <summary>How many ports are tried from <see cref="Port"/> on.</summary>
    public int PortsTried { get; init; } = 9;

    /// <summary>Where to listen: dual stack any by default.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.IPv6Any;

    /// <summary>Seed of everything random in this swarm member.</summary>
    public required ulong Seed { get; init; }

    /// <summary>
    /// Connections that others opened, of whatever kind: one more is closed at once. Three times <see cref="SwarmOptions.PeersMax"/> unless
    /// set, so that strangers who hold connections open until the session times them out do not keep members out.
    /// </summary>
    public int IncomingConnectionsMax
    {
        get => field > 0 ? field : 3 * Session.PeersMax;
        init;
    }

    /// <summary>A connection that is not open after this long counts as failed.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What this member shows to the others; null for a swarm without certificates, which any BitTorrent v2 client can join.</summary>
    public MemberTls? Security { get; init; }

    /// <summary>How long the other side of a new connection may take to prove that it is a member.</summary>
    public TimeSpan AuthenticationTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Accepted connections that have not proved it yet; beyond, the oldest is closed.</summary>
    public int AuthenticationsMax { get; init; } = 256;

    /// <summary>How long a connection that is being closed may take to send what is queued.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the goodbye to tracker and peers may take.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of memory that messages to one peer may take while they wait for it to read. Blocks count with their entry only.</summary>
    public int SendQueueBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Blocks that may wait for the disk before connections stop reading: 16 MiB.</summary>
    public int BlocksBeingStoredMax { get; init; } = 1024;

    /// <summary>Pieces that are written at once.</summary>
    public int WritersMax { get; init; } = 4;

    /// <summary>Peers that are asked of the tracker in an announce.</summary>
    public int PeersWanted { get; init; } = 50;
}
