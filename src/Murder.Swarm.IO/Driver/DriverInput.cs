using System.Net;

namespace Murder.Swarm.IO;

internal enum DriverInputKind
{
    /// <summary>For the session, as it is.</summary>
    Session,

    /// <summary>A connection is open; the loop gives it a slot.</summary>
    ConnectionOpened,

    /// <summary>The store failed. The session is told when that concerns a piece it ordered to be stored.</summary>
    StoreFailed,
}

/// <summary>One thing that happened beside the driver's loop.</summary>
internal readonly record struct DriverInput
{
    public DriverInputKind Kind { get; private init; }

    public SwarmInput Session { get; private init; }

    public PeerChannel? Channel { get; private init; }

    public IPEndPoint? Endpoint { get; private init; }

    public bool IsOutgoing { get; private init; }

    public StorageException? Failure { get; private init; }

    public static implicit operator DriverInput(in SwarmInput input) => new() { Kind = DriverInputKind.Session, Session = input };

    /// <summary>Gives the channel away.</summary>
    public static DriverInput ConnectionOpened(PeerChannel channel, IPEndPoint endpoint, bool isOutgoing) =>
        new() { Kind = DriverInputKind.ConnectionOpened, Channel = channel, Endpoint = endpoint, IsOutgoing = isOutgoing };

    /// <summary>A block could not be read.</summary>
    public static DriverInput StoreFailed(StorageException failure) =>
        new() { Kind = DriverInputKind.StoreFailed, Failure = failure };

    /// <summary>A piece could not be written.</summary>
    public static DriverInput PieceNotStored(int piece, StorageException failure) =>
        new() { Kind = DriverInputKind.StoreFailed, Failure = failure, Session = SwarmInput.StorageFailed(piece) };
}
