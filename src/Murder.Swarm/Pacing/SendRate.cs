namespace Murder.Swarm;

/// <summary>How fast blocks leave us, as measured over the last moments, and what follows for how much is to be under way.</summary>
internal sealed class SendRate(SwarmOptions options)
{
    private static readonly TimeSpan Epoch = TimeSpan.FromMilliseconds(50);

    private long _bytesInEpoch;
    private Instant? _epoch; // since when the bytes are counted; null before the first
    private double _bestBytesPerSecond; // of any epoch: what the link can do, also when little is asked of it

    public double BytesPerSecond { get; private set; }

    /// <summary>With so many bytes asked for and not yet sent, our link is busy until those who are shown more have asked for it.</summary>
    public double BytesEnough => options.ShowBytesMin + (BytesPerSecond * options.ShowTime.TotalSeconds);

    public void Add(int bytes, Instant now)
    {
        _bytesInEpoch += bytes;
        TimeSpan elapsed = now - (_epoch ??= now);
        if (elapsed >= Epoch)
        {
            double bytesPerSecond = _bytesInEpoch / elapsed.TotalSeconds;
            BytesPerSecond = (BytesPerSecond + bytesPerSecond) / 2;
            _bestBytesPerSecond = Math.Max(_bestBytesPerSecond, bytesPerSecond);
            (_epoch, _bytesInEpoch) = (now, 0);
        }
    }

    /// <summary>What so many bytes take at the best rate so far; nothing while none is known.</summary>
    public TimeSpan TimeOf(long bytes, TimeSpan max) =>
        _bestBytesPerSecond == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(bytes / _bestBytesPerSecond, max.TotalSeconds));
}
