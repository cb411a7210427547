namespace Murder.Swarm;

/// <summary>
/// A connection of the driver, by place in a dense table and generation. The driver takes the lowest free index and raises the
/// generation each time a place is used again, so that an input about a connection that is gone cannot be taken for its successor.
/// </summary>
public readonly record struct PeerSlot(int Index, int Generation);
