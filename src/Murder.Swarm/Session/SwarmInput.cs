using System.Net;

namespace Murder.Swarm;

/// <summary>What happened, in the order of a peer's life.</summary>
public enum SwarmInputKind
{
    PeerConnected,
    ConnectFailed,
    HandshakeReceived,
    MessageReceived,
    BlockReceived,
    BlockSent,
    PeerLost,
    PieceStored,
    StorageFailed,
    LeavesLoaded,
    TrackerAnswered,
    TrackerFailed,
    PeersFound,
    StopRequested,
}

/// <summary>One thing that happened, told to <see cref="SwarmSession.Handle"/>. Which members mean something depends on <see cref="Kind"/>.</summary>
public readonly record struct SwarmInput
{
    public SwarmInputKind Kind { get; private init; }

    public PeerSlot Slot { get; private init; }

    public IPEndPoint? Endpoint { get; private init; }

    /// <summary>PeerConnected: true when we opened the connection.</summary>
    public bool IsOutgoing { get; private init; }

    public Handshake? Handshake { get; private init; }

    public PeerMessage Message { get; private init; }

    public BlockRef Block { get; private init; }

    /// <summary>BlockReceived: SHA-256 of the block's bytes, which is its leaf in the file's Merkle tree.</summary>
    public Hash256 Leaf { get; private init; }

    /// <summary>BlockReceived: names the driver's buffer that holds the bytes.</summary>
    public int Handle { get; private init; }

    public int Piece { get; private init; }

    public CloseReason Reason { get; private init; }

    /// <summary>LeavesLoaded: the order it answers.</summary>
    public HashRequest Hash => Message.Hash;

    /// <summary>LeavesLoaded: the leaves asked for; empty when they could not be read.</summary>
    public ReadOnlyMemory<Hash256> Leaves { get; private init; }

    /// <summary>TrackerAnswered, PeersFound: where other peers listen.</summary>
    public IReadOnlyList<IPEndPoint>? Endpoints { get; private init; }

    /// <summary>TrackerAnswered: how long to wait until the next announce.</summary>
    public TimeSpan Interval { get; private init; }

    /// <summary>A TCP connection is open, either way. No byte has been sent or read.</summary>
    public static SwarmInput PeerConnected(PeerSlot slot, IPEndPoint endpoint, bool isOutgoing) =>
        new() { Kind = SwarmInputKind.PeerConnected, Slot = slot, Endpoint = endpoint, IsOutgoing = isOutgoing };

    /// <summary>An <see cref="SwarmOutputKind.OpenConnection"/> came to nothing.</summary>
    public static SwarmInput ConnectFailed(IPEndPoint endpoint) =>
        new() { Kind = SwarmInputKind.ConnectFailed, Endpoint = endpoint };

    public static SwarmInput HandshakeReceived(PeerSlot slot, Handshake handshake) =>
        new() { Kind = SwarmInputKind.HandshakeReceived, Slot = slot, Handshake = handshake };

    /// <summary>Any message but a piece message.</summary>
    public static SwarmInput MessageReceived(PeerSlot slot, in PeerMessage message) =>
        new() { Kind = SwarmInputKind.MessageReceived, Slot = slot, Message = message };

    /// <summary>
    /// A piece message arrived. The session owns <paramref name="handle"/> from here on, and gives each handle back exactly once: in
    /// <see cref="SwarmOutputKind.ReleaseBlock"/>, or among the handles of <see cref="SwarmOutputKind.StorePiece"/>.
    /// </summary>
    public static SwarmInput BlockReceived(PeerSlot slot, BlockRef block, in Hash256 leaf, int handle) =>
        new() { Kind = SwarmInputKind.BlockReceived, Slot = slot, Block = block, Leaf = leaf, Handle = handle };

    /// <summary>A block of <see cref="SwarmOutputKind.SendBlock"/> has been handed to the network.</summary>
    public static SwarmInput BlockSent(PeerSlot slot, BlockRef block) =>
        new() { Kind = SwarmInputKind.BlockSent, Slot = slot, Block = block };

    /// <summary>The connection is gone, by whoever's wish. The last input for its slot.</summary>
    public static SwarmInput PeerLost(PeerSlot slot, CloseReason reason) =>
        new() { Kind = SwarmInputKind.PeerLost, Slot = slot, Reason = reason };

    /// <summary>A piece of <see cref="SwarmOutputKind.StorePiece"/> can be read back.</summary>
    public static SwarmInput PieceStored(int piece) => new() { Kind = SwarmInputKind.PieceStored, Piece = piece };

    /// <summary>The piece could not be written (the driver knows why). The session stops fetching; the driver ends the run.</summary>
    public static SwarmInput StorageFailed(int piece) => new() { Kind = SwarmInputKind.StorageFailed, Piece = piece };

    /// <summary>Answer to <see cref="SwarmOutputKind.LoadLeaves"/>.</summary>
    public static SwarmInput LeavesLoaded(PeerSlot slot, in HashRequest request, ReadOnlyMemory<Hash256> leaves) =>
        new() { Kind = SwarmInputKind.LeavesLoaded, Slot = slot, Message = PeerMessage.HashRequest(request), Leaves = leaves };

    public static SwarmInput TrackerAnswered(IReadOnlyList<IPEndPoint> endpoints, TimeSpan interval) =>
        new() { Kind = SwarmInputKind.TrackerAnswered, Endpoints = endpoints, Interval = interval };

    public static SwarmInput TrackerFailed() => new() { Kind = SwarmInputKind.TrackerFailed };

    /// <summary>Somebody else than the tracker knows where peers listen now; whoever was met there before, or banned, is another one.</summary>
    public static SwarmInput PeersFound(IReadOnlyList<IPEndPoint> endpoints) => new() { Kind = SwarmInputKind.PeersFound, Endpoints = endpoints };

    /// <summary>Say goodbye to tracker and peers; the session ends with <see cref="SwarmOutputKind.Stopped"/>.</summary>
    public static SwarmInput StopRequested() => new() { Kind = SwarmInputKind.StopRequested };
}
