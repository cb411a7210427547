using Murder.Swarm;

namespace Murder.Simulation.Tests;

public class EventHeapTests
{
    [Fact]
    public void Events_come_in_the_order_of_their_instants_and_then_of_their_being_added()
    {
        SwarmRandom random = new(1);
        EventHeap heap = new();
        PriorityQueue<int, (long, int)> expected = new();
        long now = 0;
        for (int added = 0; added < 50_000; added++)
        {
            long ticks = now + random.Next((new[] { 1, 40, 1_000_000, 500_000_000 })[random.Next(4)]);
            heap.Add(ticks, EventKind.TimeoutComes, added, 0);
            expected.Enqueue(added, (ticks, added));
            for (int taken = random.Next(3); taken > 0 && heap.NextTicks < long.MaxValue; taken--)
            {
                now = heap.NextTicks;
                Assert.Equal(expected.Dequeue(), heap.Take().Target);
            }
        }

        while (heap.NextTicks < long.MaxValue)
        {
            SimulationEvent next = heap.Take();
            Assert.Equal(expected.Dequeue(), next.Target);
            Assert.Equal(EventKind.TimeoutComes, next.Kind);
        }

        Assert.Equal(0, expected.Count);
    }
}
