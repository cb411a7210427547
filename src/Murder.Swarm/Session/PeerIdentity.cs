using System.Net;

namespace Murder.Swarm;

/// <summary>Who sent a block: outlives the connection, so that a liar is found by name after it has gone.</summary>
internal sealed class PeerIdentity(PeerSlot slot, IPEndPoint endpoint)
{
    public PeerSlot Slot { get; } = slot;

    /// <summary>The other end of the connection.</summary>
    public IPEndPoint Endpoint { get; } = endpoint;

    /// <summary>Where it listens, as far as it is known.</summary>
    public IPEndPoint? ListenEndpoint { get; set; }

    public PeerId Id { get; set; }

    public bool IsBanned { get; set; }
}
