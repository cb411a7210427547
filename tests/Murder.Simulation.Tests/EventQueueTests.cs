using Murder.Swarm;

namespace Murder.Simulation.Tests;

public class EventQueueTests
{
    [Fact]
    public void Events_come_in_the_order_of_their_instants_and_then_of_their_being_added()
    {
        SwarmRandom random = new(1);
        EventQueue queue = new();
        PriorityQueue<int, (long, int)> expected = new();
        long now = 0;
        for (int added = 0; added < 50_000; added++)
        {
            // Now, soon, within the ring of days, far beyond it.
            long ticks = now + random.Next((new[] { 1, 40, 1_000_000, 500_000_000 })[random.Next(4)]);
            queue.Add(ticks, EventKind.TimeoutComes, added);
            expected.Enqueue(added, (ticks, added));
            for (int taken = random.Next(3); taken > 0 && queue.TryTake(out SimulationEvent next); taken--)
            {
                Assert.Equal(expected.Dequeue(), next.Target);
                now = next.Ticks;
            }
        }

        while (queue.TryTake(out SimulationEvent next))
        {
            Assert.Equal(expected.Dequeue(), next.Target);
            Assert.Equal(EventKind.TimeoutComes, next.Kind);
        }

        Assert.Equal(0, expected.Count);
    }
}
