namespace Murder.Swarm;

/// <summary>
/// How long a block may wait at the peer that is asked for it: some blocks' worth of the rate at which blocks come from all peers, within
/// bounds (<see cref="SwarmOptions.RequestQueueTimeMin"/>). The faster the link, the less a wait is needed and the more it costs.
/// </summary>
internal sealed class QueueTime(SwarmOptions options)
{
    private Instant? _lastAt;
    private double _meanGapTicks = options.RequestQueueTimeMax.Ticks / (double)options.RequestQueueBlocks;

    public TimeSpan Present { get; private set; } = options.RequestQueueTimeMax;

    /// <summary>To be called at each block that comes.</summary>
    public void Measure(Instant now)
    {
        // A pause is no rate: it counts for as much as the longest wait.
        double gap = Math.Min((now - (_lastAt ?? now)).Ticks, options.RequestQueueTimeMax.Ticks);
        _lastAt = now;
        _meanGapTicks += (gap - _meanGapTicks) / 16;
        double ticks = options.RequestQueueBlocks * _meanGapTicks;
        Present = new TimeSpan((long)Math.Clamp(ticks, options.RequestQueueTimeMin.Ticks, options.RequestQueueTimeMax.Ticks));
    }
}
