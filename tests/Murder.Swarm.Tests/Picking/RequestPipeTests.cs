namespace Murder.Swarm.Tests;

public class RequestPipeTests
{
    private static readonly TimeSpan QueueTime = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Answers_that_come_quickly_deepen_the_pipe_to_its_bound()
    {
        RequestPipe pipe = new(windowStart: 16);

        AnswerAfter(pipe, TimeSpan.FromMilliseconds(5), blocks: 1000, windowMax: 256);

        Assert.Equal(256, pipe.Window);
    }

    [Fact]
    public void Answers_that_wait_long_make_it_shallow_but_never_empty()
    {
        RequestPipe pipe = new(windowStart: 16);

        AnswerAfter(pipe, TimeSpan.FromMilliseconds(500), blocks: 100, windowMax: 256);

        Assert.Equal(4, pipe.Window);
    }

    [Fact]
    public void Blocks_are_asked_for_together_when_two_have_room()
    {
        RequestPipe pipe = new(windowStart: 4);
        for (int block = 0; block < 3; block++)
        {
            Assert.Equal(block <= 2, pipe.HasRoom);
            pipe.Add(Block(block), new Instant(1));
        }

        Assert.False(pipe.HasRoom);
        pipe.Shrink();
        Assert.False(pipe.HasRoom);
        pipe.Cancel(Block(0));
        pipe.Cancel(Block(1));
        Assert.False(pipe.HasRoom);
        pipe.Cancel(Block(2));
        Assert.True(pipe.HasRoom); // one at a time, but that
    }

    [Fact]
    public void It_settles_where_a_block_waits_as_long_as_it_may()
    {
        RequestPipe pipe = new(windowStart: 16);
        TimeSpan aBlock = TimeSpan.FromMilliseconds(1.3); // 16 KiB at 100 Mbit/s
        Instant now = new(TimeSpan.TicksPerSecond);
        int asked = 0;
        int answered = 0;
        while (answered < 2000)
        {
            while (pipe.Count < pipe.Window)
            {
                pipe.Add(Block(asked++), now);
            }

            now += aBlock;
            pipe.Arrive(Block(answered++), 256, QueueTime, now);
        }

        Assert.InRange(pipe.Window, 36, 40); // 50 ms ÷ 1.3 ms
    }

    [Fact]
    public void A_block_that_was_not_asked_for_is_not_taken_for_an_answer() =>
        Assert.False(new RequestPipe(windowStart: 16).Arrive(Block(0), 256, QueueTime, new Instant(0)));

    private static void AnswerAfter(RequestPipe pipe, TimeSpan wait, int blocks, int windowMax)
    {
        Instant now = new(TimeSpan.TicksPerSecond);
        for (int block = 0; block < blocks; block++)
        {
            pipe.Add(Block(block), now);
            now += wait;
            Assert.True(pipe.Arrive(Block(block), windowMax, QueueTime, now));
        }
    }

    private static BlockRef Block(int number) => new(number, 0, PieceLayout.BlockLength);
}
