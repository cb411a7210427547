namespace Murder.Swarm.IO;

/// <summary>
/// The driver's connections by slot: dense, the lowest free place first, and a generation that is raised each time a place is used
/// again, so that what is meant for a connection that is gone finds nothing. Used by the driver's loop only.
/// </summary>
internal sealed class ConnectionTable(int capacity)
{
    private readonly PeerConnection?[] _connections = new PeerConnection?[capacity];
    private readonly int[] _generations = new int[capacity];

    /// <summary>Connections that others opened.</summary>
    public int IncomingCount { get; private set; }

    public IEnumerable<PeerConnection> All => _connections.OfType<PeerConnection>();

    /// <summary>Makes a connection for the lowest free slot; null when there is none.</summary>
    public PeerConnection? Add(Func<PeerSlot, PeerConnection> make)
    {
        int index = Array.IndexOf(_connections, null);
        if (index < 0)
        {
            return null;
        }

        PeerConnection connection = make(new PeerSlot(index, ++_generations[index]));
        _connections[index] = connection;
        IncomingCount += connection.IsOutgoing ? 0 : 1;
        return connection;
    }

    public PeerConnection? Find(PeerSlot slot) => _connections[slot.Index] is { } connection && connection.Slot == slot ? connection : null;

    public void Remove(PeerConnection connection)
    {
        _connections[connection.Slot.Index] = null;
        IncomingCount -= connection.IsOutgoing ? 0 : 1;
    }
}
