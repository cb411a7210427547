namespace Murder.Swarm;

/// <summary>
/// What one peer is asked for: the blocks, in the order of asking, how many it may be asked for at once, and how fast it answers.
/// <para>
/// The window follows the wait of each block, from asking to arrival: below the queue time it grows, above it shrinks
/// (the control law of RFC 6817, with the queue at the sender in place of the queue in the network). A pipe too short leaves the sender's
/// link idle; one too long makes every piece late by what waits before it, and with it everybody who waits for that piece from us.
/// </para>
/// </summary>
internal sealed class RequestPipe(int windowStart)
{
    /// <summary>
    /// With two, a sender has something to do between a block and the request that it answers. With twice as many, what is asked and what is
    /// sent goes two by two: half the packets, and half the times that either side is woken.
    /// </summary>
    public const int WindowMin = 2 * AskedTogether;

    private const int AskedTogether = 2;

    private readonly List<Asked> _asked = [];
    private double _window = windowStart;
    private TimeSpan _meanGap;

    public int Count => _asked.Count;

    public int BytesAsked => _asked.Sum(asked => asked.Block.Length);

    /// <summary>Blocks it may be asked for at once, as its answers have earned.</summary>
    public int Window => (int)_window;

    /// <summary>Some blocks may be asked for together.</summary>
    public bool HasRoom => _asked.Count <= Math.Max(0, Window - AskedTogether);

    /// <summary>When it last answered, or was asked while it had nothing to do.</summary>
    public Instant LastProgress { get; private set; }

    /// <summary>The peer is asked nothing before this.</summary>
    public Instant PausedUntil { get; private set; }

    /// <summary>Cancelled requests whose one answer (BEP 6) may still come.</summary>
    public int AnswersOwed { get; private set; }

    public BlockRef this[int at] => _asked[at].Block;

    public bool Contains(BlockRef block) => Find(block) >= 0;

    public void Add(BlockRef block, Instant now)
    {
        if (_asked.Count == 0)
        {
            LastProgress = now;
        }

        _asked.Add(new Asked(block, now));
    }

    /// <summary>A block came. False when it was not asked for.</summary>
    /// <param name="queueTime">what a block may wait at the sender</param>
    public bool Arrive(BlockRef block, int windowMax, TimeSpan queueTime, Instant now)
    {
        if (!TryRemove(block, out Asked asked))
        {
            return false;
        }

        _meanGap += ((now - LastProgress) - _meanGap) / 8;
        LastProgress = now;
        double offTarget = 1 - ((now - asked.At) / queueTime);
        _window = Math.Clamp(_window + Math.Max(offTarget, -1), Math.Min(WindowMin, windowMax), windowMax);
        return true;
    }

    /// <summary>The peer will not send the block. False when it was not asked for, or is no longer.</summary>
    public bool Reject(BlockRef block, Instant now, Instant pausedUntil)
    {
        if (!TryRemove(block, out _))
        {
            return false;
        }

        LastProgress = now;
        PausedUntil = pausedUntil;
        return true;
    }

    public bool Cancel(BlockRef block)
    {
        if (!TryRemove(block, out _))
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
    public void Shrink() => _window = 1;

    /// <summary>Takes back the last request; its answer may be on its way.</summary>
    public BlockRef TakeLast()
    {
        AnswersOwed++;
        BlockRef last = _asked[^1].Block;
        _asked.RemoveAt(_asked.Count - 1);
        return last;
    }

    /// <summary>How long the last of the blocks will be in coming, going by what is known: the mean gap between answers, or the present silence.</summary>
    public TimeSpan ExpectedWait(Instant now)
    {
        TimeSpan silence = now - LastProgress;
        return new TimeSpan(Math.Max(silence.Ticks, _meanGap.Ticks) * _asked.Count); // a TimeSpan is multiplied by way of a double
    }

    /// <summary>Until then <see cref="ExpectedWait"/> is not above the patience, as things stand; null when the peer is asked for nothing.</summary>
    public Instant? SlowFrom(TimeSpan patience) => _asked.Count == 0 ? null
        : _meanGap.Ticks * _asked.Count > patience.Ticks ? LastProgress
        : new Instant(LastProgress.Ticks + (patience.Ticks / _asked.Count));

    /// <summary>Answers come in the order of asking, nearly always: the search ends at once.</summary>
    private int Find(BlockRef block)
    {
        for (int at = 0; at < _asked.Count; at++)
        {
            if (_asked[at].Block == block)
            {
                return at;
            }
        }

        return -1;
    }

    private bool TryRemove(BlockRef block, out Asked asked)
    {
        int at = Find(block);
        asked = at < 0 ? default : _asked[at];
        if (at >= 0)
        {
            _asked.RemoveAt(at);
        }

        return at >= 0;
    }

    private readonly record struct Asked(BlockRef Block, Instant At);
}
