namespace Murder.Swarm;

/// <summary>
/// A rate to be kept: bytes are allowed as time passes, and what is not taken is kept up to the bucket's size. So over any time T no
/// more than rate × T + size is taken, and who always wants more gets exactly the rate. Counted in whole numbers (a byte is as
/// many units as a second has ticks, so each tick adds the rate), for a rounded share of a block would be lost 6,000 times a second.
/// </summary>
internal sealed class TokenBucket
{
    /// <summary>Above this the units do not fit into 64 bits.</summary>
    public const long RateMax = 1_000_000_000_000;

    private readonly long _bytesPerSecond;
    private readonly long _full; // in units
    private long _level; // in units; below 0 when something had to be taken that was not there
    private Instant _at; // when the level was that

    /// <param name="size">bytes; at least as many as are ever waited for</param>
    public TokenBucket(long bytesPerSecond, long size)
    {
        _bytesPerSecond = bytesPerSecond;
        _full = size * TimeSpan.TicksPerSecond;
    }

    /// <summary>So many bytes may be taken now.</summary>
    public bool Has(int bytes, Instant now)
    {
        Fill(now);
        return _level >= bytes * TimeSpan.TicksPerSecond;
    }

    /// <summary>Takes them, there or not: others wait for what was taken too early.</summary>
    public void Take(int bytes, Instant now)
    {
        Fill(now);
        _level -= bytes * TimeSpan.TicksPerSecond;
    }

    /// <summary>What was taken was not used.</summary>
    public void Return(int bytes) => _level = Math.Min(_full, _level + (bytes * TimeSpan.TicksPerSecond));

    /// <summary>When so many will be there if nothing is taken meanwhile.</summary>
    public Instant ReadyAt(int bytes)
    {
        long missing = (bytes * TimeSpan.TicksPerSecond) - _level;
        return missing <= 0 ? _at : new Instant(_at.Ticks + ((missing + _bytesPerSecond - 1) / _bytesPerSecond));
    }

    private void Fill(Instant now)
    {
        long ticks = (now - _at).Ticks;
        long missing = _full - _level;
        _level = ticks > missing / _bytesPerSecond ? _full : _level + (ticks * _bytesPerSecond);
        _at = now;
    }
}
