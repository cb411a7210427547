namespace Murder.Swarm.IO.Tests;

public sealed class ConnectionTableTests
{
    private readonly PeerServices _services = new(
        new DriverInbox(), new BlockPool(1), null!, new SwarmDriverOptions { Seed = 1 }, TimeProvider.System);

    [Fact]
    public void The_lowest_free_place_is_used_again_under_a_new_generation()
    {
        ConnectionTable table = new(capacity: 3);
        PeerConnection[] connections = [Add(table)!, Add(table)!, Add(table)!];
        Assert.Equal([0, 1, 2], connections.Select(connection => connection.Slot.Index));
        Assert.Null(Add(table));

        table.Remove(connections[1]);
        PeerConnection successor = Add(table)!;

        Assert.Equal(1, successor.Slot.Index);
        Assert.NotEqual(connections[1].Slot, successor.Slot);
        Assert.Null(table.Find(connections[1].Slot));
        Assert.Same(successor, table.Find(successor.Slot));
        Assert.Equal((3, 3), (table.All.Count(), table.IncomingCount));
    }

    private PeerConnection? Add(ConnectionTable table) =>
        table.Add(slot => new PeerConnection(slot, isOutgoing: false, Stream.Null, _services));
}
