namespace Murder.Swarm.IO.Tests;

public sealed class GatheringStreamTests
{
    [Fact]
    public async Task What_is_written_until_the_flush_is_sent_as_one()
    {
        WriteLog log = new();
        GatheringStream stream = new(log) { IsGathering = true };

        await stream.WriteAsync(new byte[] { 1, 2 });
        await stream.WriteAsync(new byte[] { 3 });
        Assert.Empty(log.Writes);
        await stream.FlushAsync();
        await stream.FlushAsync();

        Assert.Equal([1, 2, 3], Assert.Single(log.Writes));
    }

    [Fact]
    public async Task What_does_not_fit_goes_in_order_and_whole()
    {
        WriteLog log = new();
        GatheringStream stream = new(log) { IsGathering = true };
        Random random = new(1);
        byte[] sent = new byte[2_000_000];
        random.NextBytes(sent);

        for (int at = 0; at < sent.Length;)
        {
            int length = Math.Min(random.Next(400_000), sent.Length - at);
            await stream.WriteAsync(sent.AsMemory(at, length));
            at += length;
        }

        await stream.FlushAsync();
        Assert.Equal(sent, log.Writes.SelectMany(write => write));
    }

    private sealed class WriteLog : MemoryStream
    {
        public List<byte[]> Writes { get; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes.Add(buffer.ToArray());
            return ValueTask.CompletedTask;
        }
    }
}
