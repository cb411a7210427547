namespace Murder.Swarm.Tests;

public class SendRateTests
{
    private const int Block = PieceLayout.BlockLength;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly SendRate _rate = new(SwarmOptions.Default);
    private Instant _now = new(1);

    [Fact]
    public void Before_anything_left_nothing_is_known_and_the_link_is_not_idle()
    {
        Assert.Equal(TimeSpan.Zero, _rate.TimeOf(Block, s_second));
        Assert.False(_rate.IsIdle(_now));
    }

    [Fact]
    public void What_a_sockets_buffer_takes_at_once_is_not_the_links_rate()
    {
        _rate.Add(64 * Block, _now);
        Send(seconds: 3, bytesPerSecond: 100 * Block);

        Assert.InRange(_rate.TimeOf(100 * Block, TimeSpan.MaxValue).TotalSeconds, 0.55, 1.1); // at the buffer's rate it would be 0.06
    }

    [Fact]
    public void A_link_of_which_little_is_asked_later_is_known_for_what_it_can_do()
    {
        Send(seconds: 2, bytesPerSecond: 100 * Block);
        Send(seconds: 2, bytesPerSecond: 10 * Block);

        Assert.InRange(_rate.TimeOf(100 * Block, TimeSpan.MaxValue).TotalSeconds, 0.9, 1.1);
    }

    [Fact]
    public void A_link_is_idle_when_hardly_anything_left_for_some_times_what_keeps_it_busy()
    {
        Send(seconds: 2, bytesPerSecond: 200 * Block); // 256 KiB and a little last 80 ms
        Assert.False(_rate.IsIdle(_now));
        Assert.False(_rate.IsIdle(_now + TimeSpan.FromMilliseconds(80)));
        Assert.True(_rate.IsIdle(_now + TimeSpan.FromMilliseconds(320)));
    }

    [Fact]
    public void A_link_that_carries_half_of_what_it_can_is_not_idle_and_one_that_carries_a_tenth_is()
    {
        Send(seconds: 2, bytesPerSecond: 200 * Block);
        Send(seconds: 1, bytesPerSecond: 100 * Block);
        Assert.False(_rate.IsIdle(_now));

        Send(seconds: 1, bytesPerSecond: 20 * Block);
        Assert.True(_rate.IsIdle(_now));
    }

    private void Send(int seconds, int bytesPerSecond)
    {
        for (int step = 0; step < 100 * seconds; step++)
        {
            _now += TimeSpan.FromMilliseconds(10);
            _rate.Add(bytesPerSecond / 100, _now);
        }
    }
}
