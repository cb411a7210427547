using System.Net;

namespace Murder.Swarm;

/// <summary>One connection's protocol state: what was said by whom. What the peer has and is asked for is the picker's.</summary>
internal sealed class PeerState(PeerSlot slot, IPEndPoint endpoint, bool isOutgoing, Instant now)
{
    /// <summary>Requests that a peer surely queues when it does not say (BEP 10: the usual default).</summary>
    public const int RequestsMaxUntold = 250;

    public PeerIdentity Identity { get; } = new(slot, endpoint);

    public PeerSlot Slot { get; } = slot;

    public int Index => Slot.Index;

    public IPEndPoint Endpoint => Identity.Endpoint;

    public bool IsOutgoing { get; } = isOutgoing;

    /// <summary>Handshakes are exchanged and it is to be spoken to: the picker knows it.</summary>
    public bool IsReady { get; set; }

    /// <summary>We ordered it closed; nothing that it says counts.</summary>
    public bool IsClosing { get; set; }

    /// <summary>It had everything when it was closed.</summary>
    public bool WasSeed { get; set; }

    public bool SupportsFast { get; set; }

    public bool SupportsExtensions { get; set; }

    /// <summary>It will not ask for anything any more (BEP 21).</summary>
    public bool IsUploadOnly { get; set; }

    public bool HasToldZone { get; set; }

    /// <summary>It is in another zone than we are.</summary>
    public bool IsFar { get; set; }

    /// <summary>It said which pieces it has, by bitfield, have-all, have-none or have: a bitfield may not follow (BEP 3).</summary>
    public bool HasToldPieces { get; set; }

    public bool IsChokingUs { get; set; } = true;

    public bool IsInterestedInUs { get; set; }

    /// <summary>It wanted something once: it is no origin, though it may have everything now.</summary>
    public bool WasInterested { get; set; }

    public bool IsChokedByUs { get; set; } = true;

    public bool IsInterestingToUs { get; set; }

    /// <summary>When the choker's view of it last changed: since when it waits, or is served.</summary>
    public Instant ChokeSince { get; set; } = now;

    public Instant ConnectedAt { get; } = now;

    public Instant LastReceived { get; set; } = now;

    public Instant LastSent { get; set; } = now;

    public int RequestsMax { get; set; } = RequestsMaxUntold;

    /// <summary>Blocks and rejects it sent that nobody asked for.</summary>
    public int UnaskedAnswers { get; set; }

    /// <summary>So much of what we have, in the order in which it came, was shown to it, or it had it.</summary>
    public int NewsShown { get; set; }

    /// <summary>When it was last shown what is new, or the connection was opened.</summary>
    public Instant LastShown { get; set; } = now;

    /// <summary>How often it was shown what is new.</summary>
    public int Showings { get; set; }

    public UploadQueue Uploads { get; } = new();

    /// <summary>Hash requests of its that wait for leaves: what is being read, and for which request.</summary>
    public List<(HashRequest Load, HashRequest Request)> LeafLoads { get; } = [];
}
