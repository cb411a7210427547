using System.Net;

namespace Murder.Swarm;

/// <summary>What the tracker knows of one member. Owned by <see cref="TrackerState"/>, which alone changes it.</summary>
internal sealed class SwarmMember(IPEndPoint endpoint, PeerId peer)
{
    /// <summary>Address and port are the identity: many members may share an address (local hosts, NAT).</summary>
    public IPEndPoint Endpoint { get; } = endpoint;

    /// <summary>Another id at the same endpoint is a process that was started anew.</summary>
    public PeerId Peer { get; set; } = peer;

    public bool IsSeed { get; set; }

    /// <summary>A peer of the tracker's own process: never expires, and has whatever address the asking peer reached the tracker at.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Where it is; empty when it does not say. Fixed while it stands on a ring.</summary>
    public string Zone { get; init; } = "";

    public Instant ExpiresAt { get; set; }

    /// <summary>Where it stands on the ring of all members.</summary>
    public int RingIndex { get; set; }

    /// <summary>Where it stands on its zone's ring.</summary>
    public int ZoneRingIndex { get; set; }
}
