namespace Murder.PeerHost;

/// <summary>The waits of a fetch, and how often whoever seeds says what it sent.</summary>
internal sealed record FetchOptions
{
    public static FetchOptions Default { get; } = new();

    /// <summary>Between two progress events.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A fetch for which no byte arrived this long has failed.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a piece is passed on, at most, before it comes here: 2^16 hosts.</summary>
    private const int StepsMax = 16;

    /// <summary>
    /// Under a rate limit nothing is asked of the swarm that it cannot do: a host gets its first byte when a piece has been passed on to it, and
    /// each step takes as long as a piece does.
    /// </summary>
    public FetchOptions AtRate(long? bytesPerSecondMax, int pieceLength) =>
        bytesPerSecondMax is { } rate ? this with { StallAfter = StallAfter + (StepsMax * TimeSpan.FromSeconds((double)pieceLength / rate)) } : this;
}
