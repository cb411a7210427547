namespace Murder.Swarm;

/// <summary>The numbers that messages carry on the wire; keep-alive, which has none, is -1.</summary>
public enum PeerMessageType
{
    KeepAlive = -1,

    // BEP 3
    Choke = 0,
    Unchoke = 1,
    Interested = 2,
    NotInterested = 3,
    Have = 4,
    Bitfield = 5,
    Request = 6,
    Piece = 7,
    Cancel = 8,

    // BEP 6
    SuggestPiece = 13,
    HaveAll = 14,
    HaveNone = 15,
    RejectRequest = 16,
    AllowedFast = 17,

    // BEP 10
    Extended = 20,

    // BEP 52
    HashRequest = 21,
    Hashes = 22,
    HashReject = 23,
}
