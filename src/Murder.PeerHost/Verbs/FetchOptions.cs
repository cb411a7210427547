namespace Murder.PeerHost;

/// <summary>The waits of a fetch.</summary>
internal sealed record FetchOptions
{
    public static FetchOptions Default { get; } = new();

    /// <summary>Between two progress events.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A fetch for which no byte arrived this long has failed.</summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromSeconds(60);
}
