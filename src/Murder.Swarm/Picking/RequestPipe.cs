namespace Murder.Swarm;

/// <summary>What one peer is asked for: the blocks, in the order of asking, how many it may be asked for at once, and how fast it answers.</summary>
internal sealed class RequestPipe(int windowStart)
{
    private readonly List<BlockRef> _blocks = [];
    private TimeSpan _meanGap;

    public int Count => _blocks.Count;

    /// <summary>Blocks it may be asked for at once, as its answers have earned.</summary>
    public int Window { get; private set; } = windowStart;

    /// <summary>When it last answered, or was asked while it had nothing to do.</summary>
    public Instant LastProgress { get; private set; }

    /// <summary>The peer is asked nothing before this.</summary>
    public Instant PausedUntil { get; private set; }

    /// <summary>Cancelled requests whose one answer (BEP 6) may still come.</summary>
    public int AnswersOwed { get; private set; }

    public BlockRef this[int at] => _blocks[at];

    public bool Contains(BlockRef block) => _blocks.Contains(block);

    public void Add(BlockRef block, Instant now)
    {
        if (_blocks.Count == 0)
        {
            LastProgress = now;
        }

        _blocks.Add(block);
    }

    /// <summary>A block came: the peer has earned a deeper pipe. False when it was not asked for.</summary>
    public bool Arrive(BlockRef block, int windowMax, Instant now)
    {
        if (!_blocks.Remove(block))
        {
            return false;
        }

        _meanGap += ((now - LastProgress) - _meanGap) / 8;
        LastProgress = now;
        Window = Math.Min(Window + 1, windowMax);
        return true;
    }

    /// <summary>The peer will not send the block. False when it was not asked for, or is no longer.</summary>
    public bool Reject(BlockRef block, Instant now, Instant pausedUntil)
    {
        if (!_blocks.Remove(block))
        {
            return false;
        }

        LastProgress = now;
        PausedUntil = pausedUntil;
        return true;
    }

    public bool Cancel(BlockRef block)
    {
        if (!_blocks.Remove(block))
        {
            return false;
        }

        AnswersOwed++;
        return true;
    }

    /// <summary>An answer came to something that is no longer asked for; false when none is owed.</summary>
    public bool TryPayAnswer()
    {
        if (AnswersOwed == 0)
        {
            return false;
        }

        AnswersOwed--;
        return true;
    }

    /// <summary>The peer is silent: it gets one chance at a time until it answers.</summary>
    public void Shrink() => Window = 1;

    /// <summary>Takes back the last request; its answer may be on its way.</summary>
    public BlockRef TakeLast()
    {
        AnswersOwed++;
        BlockRef last = _blocks[^1];
        _blocks.RemoveAt(_blocks.Count - 1);
        return last;
    }

    /// <summary>How long the last of the blocks will be in coming, going by what is known: the mean gap between answers, or the present silence.</summary>
    public TimeSpan ExpectedWait(Instant now)
    {
        TimeSpan silence = now - LastProgress;
        return new TimeSpan(Math.Max(silence.Ticks, _meanGap.Ticks) * _blocks.Count); // a TimeSpan is multiplied by way of a double
    }

    /// <summary>Until then <see cref="ExpectedWait"/> is not above the patience, as things stand; null when the peer is asked for nothing.</summary>
    public Instant? SlowFrom(TimeSpan patience) => _blocks.Count == 0 ? null
        : _meanGap.Ticks * _blocks.Count > patience.Ticks ? LastProgress
        : new Instant(LastProgress.Ticks + (patience.Ticks / _blocks.Count));
}
