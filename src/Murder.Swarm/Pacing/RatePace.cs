namespace Murder.Swarm;

/// <summary>What a rate limit means for the rest of a session: its buckets, and its bounds and waits, which are chosen for links of a data centre.</summary>
internal static class RatePace
{
    /// <summary>Blocks that may be asked for before ours of a peer that serves 256 others, as the seeder may: of each the shallowest pipe.</summary>
    private const int BlocksAhead = 256 * RequestPipe.WindowMin;

    /// <summary>Blocks in which a peer of the same rate that serves a few others cannot yet be called slow.</summary>
    private const int BlocksOfPatience = 32;

    /// <summary>
    /// Requests that may be out at once however low the limit: the shallowest pipe to each of sixteen neighbours.
    /// </summary>
    private const int RequestsMin = 16 * RequestPipe.WindowMin;

    /// <summary>The bucket for one direction; null when there is no limit.</summary>
    public static TokenBucket? Bucket(SwarmOptions options)
    {
        if (options.BytesPerSecondMax is not { } rate)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate, nameof(options));
        rate = Math.Min(rate, TokenBucket.RateMax);
        return new TokenBucket(rate, Math.Max(2 * PieceLayout.BlockLength, (long)(rate * options.RateBurst.TotalSeconds)));
    }

    /// <summary>
    /// The options as the limit makes them. All hosts of a deploy have the same limit, so peers are expected to be no faster: what would be
    /// stalled or slow on a fast link may be on its way. And no more is asked for than arrives in a second, or a peer that was stuck could bring all
    /// of it at once.
    /// </summary>
    public static SwarmOptions Follow(SwarmOptions options)
    {
        if (options.BytesPerSecondMax is not { } rate)
        {
            return options;
        }

        return options with
        {
            RequestsMax = (int)Math.Clamp(rate / PieceLayout.BlockLength, Math.Min(RequestsMin, options.RequestsMax), options.RequestsMax),
            RequestTimeout = options.RequestTimeout + TimeOf(BlocksAhead * PieceLayout.BlockLength),
            EndGamePatience = Longer(options.EndGamePatience, TimeOf(BlocksOfPatience * PieceLayout.BlockLength)),
            SpreadPatienceMax = options.SpreadPatienceMax + TimeOf(4L * options.ShowBytesMin),
        };

        TimeSpan TimeOf(long bytes) => TimeSpan.FromSeconds((double)bytes / rate);
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
