using CsCheck;

namespace Murder.Swarm.Tests;

public class TokenBucketTests
{
    private const int Block = PieceLayout.BlockLength;

    /// <summary>One block in each 10 ms.</summary>
    private const long Rate = 100 * Block;

    // A digit is what is taken within 10 ms by somebody who wants all there is; a blank, that nobody wants any.
    [Theory]
    [InlineData(2, "011111111111")] // begins empty
    [InlineData(2, "    211111111")] // what is not taken is kept, up to the bucket's size
    [InlineData(5, "        51111")]
    [InlineData(5, "  2111  3111")]
    public void Who_wants_more_gets_the_rate_and_what_was_left(int blocks, string taken)
    {
        TokenBucket bucket = new(Rate, blocks * Block);
        char[] picture = new char[taken.Length];
        for (int at = 0; at < taken.Length; at++)
        {
            Instant now = At(10 * at);
            picture[at] = taken[at] == ' ' ? ' ' : (char)('0' + TakeAll(bucket, now));
        }

        Assert.Equal(taken, new string(picture));
    }

    [Fact]
    public void It_says_when_the_next_block_is_ready_to_the_tick()
    {
        TokenBucket bucket = new(Rate, 2 * Block);
        Instant now = At(1000);
        TakeAll(bucket, now);

        Assert.Equal(At(1010), bucket.ReadyAt(Block));
        Assert.False(bucket.Has(Block, new Instant(At(1010).Ticks - 1)));
        Assert.True(bucket.Has(Block, At(1010)));
    }

    [Fact]
    public void What_is_taken_without_being_there_is_waited_for()
    {
        TokenBucket bucket = new(Rate, 2 * Block);
        bucket.Take(5 * Block, At(1000));

        Assert.Equal(At(1040), bucket.ReadyAt(Block)); // 3 are owed
    }

    [Fact]
    public void What_was_not_used_is_there_again_but_no_more_than_fits()
    {
        TokenBucket bucket = new(Rate, 2 * Block);
        Assert.Equal(2, TakeAll(bucket, At(1000)));
        bucket.Return(Block);
        Assert.Equal(1, TakeAll(bucket, At(1000)));

        bucket.Return(9 * Block);
        Assert.Equal(2, TakeAll(bucket, At(1000)));
    }

    /// <summary>Whatever the rate, and however oddly time passes: never more than rate × T + size, and for who always waits for the next never less than rate × T.</summary>
    [Fact]
    public void Over_any_time_the_rate_is_kept() =>
        Gen.Select(Gen.Long[10_000, 2_000_000_000], Gen.Int[2, 64], Gen.Int[1, 200_000].Array[100, 300]).Sample((rate, blocks, steps) =>
        {
            TokenBucket bucket = new(rate, (long)blocks * Block);
            long taken = 0;
            Instant now = new(0);
            foreach (int step in steps)
            {
                Instant ready = bucket.ReadyAt(Block);
                now = new Instant(Math.Max(ready.Ticks, now.Ticks)) + TimeSpan.FromTicks(step % 3 == 0 ? step : 0);
                taken += TakeAll(bucket, now) * (long)Block;
                double allowed = rate * (now.Ticks / (double)TimeSpan.TicksPerSecond);
                Assert.True(taken <= allowed + (blocks * (double)Block), $"{taken} taken, {allowed} allowed");
            }

            bucket = new(rate, (long)blocks * Block);
            for (int block = 1; block <= 1000; block++)
            {
                now = bucket.ReadyAt(Block);
                Assert.True(bucket.Has(Block, now));
                bucket.Take(Block, now);
                double needed = block * (double)Block / rate * TimeSpan.TicksPerSecond;
                Assert.InRange(now.Ticks, needed - 1, needed + 1); // not a tick is lost in a thousand blocks
            }
        });

    private static int TakeAll(TokenBucket bucket, Instant now)
    {
        int taken = 0;
        for (; bucket.Has(Block, now); taken++)
        {
            bucket.Take(Block, now);
        }

        return taken;
    }

    private static Instant At(double milliseconds) => new((long)(milliseconds * TimeSpan.TicksPerMillisecond));
}
