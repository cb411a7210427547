namespace Murder.Swarm;

/// <summary>
/// One message of the peer protocol. A piece message's payload is never in here: drivers keep it in a buffer of theirs and hand the
/// core a handle (see <see cref="SwarmInput.BlockReceived"/>). Which members mean something depends on <see cref="Type"/>.
/// </summary>
public readonly record struct PeerMessage
{
    public PeerMessageType Type { get; private init; }

    /// <summary>Have, suggest piece, allowed fast.</summary>
    public int Piece => Block.Piece;

    /// <summary>Request, cancel, reject, and the position a piece message is for.</summary>
    public BlockRef Block { get; private init; }

    /// <summary>Hash request, hashes, hash reject.</summary>
    public HashRequest Hash => Long?.Hash ?? default;

    /// <summary>Extended: the message's number in the extension namespace; 0 is the handshake (BEP 10).</summary>
    public byte ExtendedId => Long?.ExtendedId ?? 0;

    /// <summary>Bitfield: its bytes. Extended: its bencoded payload. Owned by the message.</summary>
    public ReadOnlyMemory<byte> Payload => Long?.Payload ?? default;

    /// <summary>Hashes: base-layer nodes, then the uncles from the bottom up. Owned by the message.</summary>
    public ReadOnlyMemory<Hash256> Hashes => Long?.Hashes ?? default;

    /// <summary>What few messages have. Nearly all are HAVE or REQUEST and pass through several queues by value: they are to be small.</summary>
    private LongPart? Long { get; init; }

    public static PeerMessage KeepAlive { get; } = new() { Type = PeerMessageType.KeepAlive };

    public static PeerMessage Choke { get; } = new() { Type = PeerMessageType.Choke };

    public static PeerMessage Unchoke { get; } = new() { Type = PeerMessageType.Unchoke };

    public static PeerMessage Interested { get; } = new() { Type = PeerMessageType.Interested };

    public static PeerMessage NotInterested { get; } = new() { Type = PeerMessageType.NotInterested };

    public static PeerMessage HaveAll { get; } = new() { Type = PeerMessageType.HaveAll };

    public static PeerMessage HaveNone { get; } = new() { Type = PeerMessageType.HaveNone };

    public static PeerMessage Have(int piece) => new() { Type = PeerMessageType.Have, Block = new BlockRef(piece, 0, 0) };

    public static PeerMessage Bitfield(ReadOnlyMemory<byte> bits) => new() { Type = PeerMessageType.Bitfield, Long = new() { Payload = bits } };

    public static PeerMessage Request(BlockRef block) => new() { Type = PeerMessageType.Request, Block = block };

    /// <summary>The position a piece message is for; its bytes travel beside it.</summary>
    public static PeerMessage PieceOf(BlockRef block) => new() { Type = PeerMessageType.Piece, Block = block };

    public static PeerMessage Cancel(BlockRef block) => new() { Type = PeerMessageType.Cancel, Block = block };

    public static PeerMessage RejectRequest(BlockRef block) => new() { Type = PeerMessageType.RejectRequest, Block = block };

    public static PeerMessage SuggestPiece(int piece) => new() { Type = PeerMessageType.SuggestPiece, Block = new BlockRef(piece, 0, 0) };

    public static PeerMessage AllowedFast(int piece) => new() { Type = PeerMessageType.AllowedFast, Block = new BlockRef(piece, 0, 0) };

    public static PeerMessage Extended(byte id, ReadOnlyMemory<byte> payload) => new() { Type = PeerMessageType.Extended, Long = new() { ExtendedId = id, Payload = payload } };

    public static PeerMessage HashRequest(HashRequest request) => new() { Type = PeerMessageType.HashRequest, Long = new() { Hash = request } };

    public static PeerMessage HashesOf(HashRequest request, ReadOnlyMemory<Hash256> hashes) => new() { Type = PeerMessageType.Hashes, Long = new() { Hash = request, Hashes = hashes } };

    public static PeerMessage HashReject(HashRequest request) => new() { Type = PeerMessageType.HashReject, Long = new() { Hash = request } };

    private sealed record LongPart
    {
        public HashRequest Hash { get; init; }

        public byte ExtendedId { get; init; }

        public ReadOnlyMemory<byte> Payload { get; init; }

        public ReadOnlyMemory<Hash256> Hashes { get; init; }
    }
}
