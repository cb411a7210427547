using System.Net;

namespace Murder.Swarm;

/// <summary>What the driver must do now.</summary>
public enum SwarmOutputKind
{
    /// <summary>Connect to <see cref="SwarmOutput.Endpoint"/>; answer PeerConnected or ConnectFailed.</summary>
    OpenConnection,

    /// <summary>Send our handshake on the slot.</summary>
    SendHandshake,

    /// <summary>Send <see cref="SwarmOutput.Message"/>.</summary>
    SendMessage,

    /// <summary>Read <see cref="SwarmOutput.Block"/> from the store and send it as a piece message; answer BlockSent.</summary>
    SendBlock,

    /// <summary>Close the slot, for <see cref="SwarmOutput.Reason"/>; answer PeerLost once it is closed.</summary>
    CloseConnection,

    /// <summary>The buffer <see cref="SwarmOutput.Handle"/> is the driver's again.</summary>
    ReleaseBlock,

    /// <summary>
    /// Every block of <see cref="SwarmOutput.Piece"/> is here and the piece's hash is right. Write the buffers of
    /// <see cref="SwarmOutput.Handles"/> (one a block, in order); answer PieceStored or StorageFailed. The buffers are the driver's again.
    /// </summary>
    StorePiece,

    /// <summary>Hash the blocks that <see cref="SwarmOutput.Hash"/> names (base layer 0) from the store; answer LeavesLoaded.</summary>
    LoadLeaves,

    /// <summary>Tell the tracker <see cref="SwarmOutput.Event"/>; answer TrackerAnswered or TrackerFailed.</summary>
    Announce,

    /// <summary><see cref="SwarmOutput.Piece"/> is verified and stored.</summary>
    PieceCompleted,

    /// <summary><see cref="SwarmOutput.Endpoint"/> lied about <see cref="SwarmOutput.Block"/>, and will not be spoken to again.</summary>
    PeerBanned,

    /// <summary>Every piece is verified and stored.</summary>
    TorrentCompleted,

    /// <summary>The last output there is.</summary>
    Stopped,
}

/// <summary>The <c>event</c> of an announce (BEP 3).</summary>
public enum AnnounceEvent
{
    None,
    Started,
    Completed,
    Stopped,
}

/// <summary>One order to the driver, taken from <see cref="SwarmSession.TryTake"/>. Which members mean something depends on <see cref="Kind"/>.</summary>
public readonly record struct SwarmOutput
{
    public SwarmOutputKind Kind { get; private init; }

    public PeerSlot Slot { get; private init; }

    public IPEndPoint? Endpoint => Detail as IPEndPoint;

    public PeerMessage Message { get; private init; }

    public BlockRef Block => Message.Block;

    public int Handle => Number;

    public int Piece => Number;

    /// <summary>StorePiece: the driver's buffers, one a block, in order.</summary>
    public ReadOnlyMemory<int> Handles => Detail as int[];

    /// <summary>LoadLeaves: which.</summary>
    public HashRequest Hash => Message.Hash;

    public CloseReason Reason => (CloseReason)Number;

    public AnnounceEvent Event => (AnnounceEvent)Number;

    /// <summary>What no two kinds of order need at once shares a place: thousands of orders wait in the queues of a turn.</summary>
    private int Number { get; init; }

    private object? Detail { get; init; }

    public static SwarmOutput OpenConnection(IPEndPoint endpoint) => new() { Kind = SwarmOutputKind.OpenConnection, Detail = endpoint };

    public static SwarmOutput SendHandshake(PeerSlot slot) => new() { Kind = SwarmOutputKind.SendHandshake, Slot = slot };

    public static SwarmOutput SendMessage(PeerSlot slot, in PeerMessage message) => new() { Kind = SwarmOutputKind.SendMessage, Slot = slot, Message = message };

    public static SwarmOutput SendBlock(PeerSlot slot, BlockRef block) => new() { Kind = SwarmOutputKind.SendBlock, Slot = slot, Message = PeerMessage.PieceOf(block) };

    public static SwarmOutput CloseConnection(PeerSlot slot, CloseReason reason) => new() { Kind = SwarmOutputKind.CloseConnection, Slot = slot, Number = (int)reason };

    public static SwarmOutput ReleaseBlock(int handle) => new() { Kind = SwarmOutputKind.ReleaseBlock, Number = handle };

    public static SwarmOutput StorePiece(int piece, int[] handles) => new() { Kind = SwarmOutputKind.StorePiece, Number = piece, Detail = handles };

    public static SwarmOutput LoadLeaves(PeerSlot slot, in HashRequest request) => new() { Kind = SwarmOutputKind.LoadLeaves, Slot = slot, Message = PeerMessage.HashRequest(request) };

    public static SwarmOutput Announce(AnnounceEvent announceEvent) => new() { Kind = SwarmOutputKind.Announce, Number = (int)announceEvent };

    public static SwarmOutput PieceCompleted(int piece) => new() { Kind = SwarmOutputKind.PieceCompleted, Number = piece };

    public static SwarmOutput PeerBanned(IPEndPoint endpoint, BlockRef block) => new() { Kind = SwarmOutputKind.PeerBanned, Detail = endpoint, Message = PeerMessage.PieceOf(block) };

    public static SwarmOutput TorrentCompleted() => new() { Kind = SwarmOutputKind.TorrentCompleted };

    public static SwarmOutput Stopped() => new() { Kind = SwarmOutputKind.Stopped };
}
