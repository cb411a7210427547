namespace Murder.Swarm;

/// <summary>What is to be told to the tracker, and when: one announce at a time, and an event until it has been heard (BEP 3).</summary>
internal sealed class AnnounceSchedule(SwarmOptions options)
{
    private AnnounceEvent? _underWay;
    private bool _isStartTold;
    private bool _isCompletionUntold;

    /// <summary>The event to announce now; null when an announce is under way, at whose answer the next is due.</summary>
    public AnnounceEvent? TryBegin()
    {
        if (_underWay is not null)
        {
            return null;
        }

        return _underWay = !_isStartTold ? AnnounceEvent.Started : _isCompletionUntold ? AnnounceEvent.Completed : AnnounceEvent.None;
    }

    /// <summary>Everything is here; true when that may be announced at once.</summary>
    public bool Complete()
    {
        _isCompletionUntold = true;
        return _isStartTold && _underWay is null;
    }

    /// <summary>When to announce next, after the tracker's answer.</summary>
    public Instant Answered(TimeSpan interval, Instant now)
    {
        _isStartTold |= _underWay == AnnounceEvent.Started;
        _isCompletionUntold &= _underWay != AnnounceEvent.Completed;
        _underWay = null;
        return _isCompletionUntold ? now : now + (interval > TimeSpan.Zero ? interval : options.AnnounceRetryDelay);
    }

    /// <summary>When to try again.</summary>
    public Instant Failed(Instant now)
    {
        _underWay = null;
        return now + options.AnnounceRetryDelay;
    }
}
