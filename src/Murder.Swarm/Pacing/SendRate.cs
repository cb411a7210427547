namespace Murder.Swarm;

/// <summary>How fast blocks leave us, as measured so far, and what follows for how much is to be under way.</summary>
internal sealed class SendRate(SwarmOptions options)
{
    /// <summary>A link that lately carried less than one part in so many of what keeps it busy has little to do.</summary>
    private const int IdleShare = 2;

    private static readonly TimeSpan ShortEpoch = TimeSpan.FromMilliseconds(50);

    /// <summary>The kernel's buffers take the first megabyte at a rate that no link has; over so long a time that hardly matters.</summary>
    private static readonly TimeSpan LongEpoch = TimeSpan.FromSeconds(1);

    private Window _short;
    private Window _long;
    private double _presentBytesPerSecond;
    private double _bestBytesPerSecond; // of a long epoch
    private double _recentBytes; // what left one busy time ago counts half, what left two ago a quarter
    private Instant _recentAt;

    /// <summary>With so many bytes asked for and not yet sent, our link is busy until those who are shown more have asked for it.</summary>
    public double BytesEnough => options.ShowBytesMin + (BytesPerSecond * options.ShowTime.TotalSeconds);

    /// <summary>What the link can do, also when little is asked of it; zero before it is known.</summary>
    private double BytesPerSecond => _bestBytesPerSecond > 0 ? _bestBytesPerSecond : _presentBytesPerSecond;

    public void Add(int bytes, Instant now)
    {
        if (_short.TryEnd(bytes, ShortEpoch, now, out double rate))
        {
            _presentBytesPerSecond = (_presentBytesPerSecond + rate) / 2;
        }

        if (_long.TryEnd(bytes, LongEpoch, now, out rate))
        {
            _bestBytesPerSecond = Math.Max(_bestBytesPerSecond, rate);
        }

        (_recentBytes, _recentAt) = (RecentBytes(now) + bytes, now);
    }

    /// <summary>
    /// Hardly anything was taken from us lately, with respect to what the link can do. What is asked of us tells less: with many peers there may be
    /// nothing at any moment, all of it is in the kernel's buffers already, and yet the link is full. False while no rate is known.
    /// </summary>
    public bool IsIdle(Instant now) => BytesPerSecond > 0 && RecentBytes(now) < BytesEnough / IdleShare;

    /// <summary>What so many bytes take; nothing while no rate is known.</summary>
    public TimeSpan TimeOf(double bytes, TimeSpan max) =>
        BytesPerSecond == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(bytes / BytesPerSecond, max.TotalSeconds));

    private double RecentBytes(Instant now) =>
        _recentBytes == 0 ? 0 : _recentBytes * Math.Pow(0.5, (now - _recentAt).TotalSeconds * BytesPerSecond / BytesEnough);

    /// <summary>Bytes counted since an instant.</summary>
    private struct Window
    {
        private Instant? _since; // null before the first byte
        private long _bytes;

        /// <summary>Counts the bytes; true when the time has passed, and a new window begins.</summary>
        public bool TryEnd(int bytes, TimeSpan length, Instant now, out double bytesPerSecond)
        {
            _bytes += bytes;
            TimeSpan elapsed = now - (_since ??= now);
            if (elapsed < length)
            {
                bytesPerSecond = 0;
                return false;
            }

            bytesPerSecond = _bytes / elapsed.TotalSeconds;
            (_since, _bytes) = (now, 0);
            return true;
        }
    }
}
