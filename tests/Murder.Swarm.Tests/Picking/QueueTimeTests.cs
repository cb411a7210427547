namespace Murder.Swarm.Tests;

public class QueueTimeTests
{
    [Theory]
    [InlineData(0.131, 10)] // 1 Gbit/s: the least
    [InlineData(2.0, 20)] // ten blocks
    [InlineData(5.2, 50)] // 25 Mbit/s: the most
    public void A_block_may_wait_as_long_as_ten_take_within_bounds(double aBlockMilliseconds, double milliseconds)
    {
        QueueTime queue = new(SwarmOptions.Default);
        Instant now = new(TimeSpan.TicksPerSecond);
        for (int block = 0; block < 200; block++)
        {
            now += TimeSpan.FromMilliseconds(aBlockMilliseconds);
            queue.Measure(now);
        }

        Assert.InRange(queue.Present.TotalMilliseconds, milliseconds - 0.1, milliseconds + 0.1);
    }
}
