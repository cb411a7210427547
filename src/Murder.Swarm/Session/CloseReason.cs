namespace Murder.Swarm;

/// <summary>Why a connection ended.</summary>
public enum CloseReason
{
    /// <summary>The other side closed, or the network did.</summary>
    Lost,

    /// <summary>No connection could be made.</summary>
    ConnectFailed,

    /// <summary>It speaks of another torrent, or is not BitTorrent at all.</summary>
    HandshakeMismatch,

    /// <summary>It broke the protocol: unknown length, a request outside the torrent, a second bitfield.</summary>
    ProtocolError,

    /// <summary>It sent a block whose hash is wrong: never connected to again.</summary>
    SentCorruptData,

    /// <summary>The same peer is connected twice, or it is ourselves.</summary>
    Duplicate,

    /// <summary>Both sides have everything: nothing can flow.</summary>
    NothingToDo,

    /// <summary>It said nothing for longer than the option allows.</summary>
    TimedOut,

    /// <summary>The table of connections is full.</summary>
    TooManyPeers,

    /// <summary>It is banned.</summary>
    Banned,

    /// <summary>We are stopping.</summary>
    Stopping,
}
