namespace Murder.PeerHost;

/// <summary>The waits of an activation.</summary>
internal sealed record ActivationOptions
{
    public static ActivationOptions Default { get; } = new();

    /// <summary>Between two words that the activation is still at work.</summary>
    public TimeSpan BeatInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From the polite signal to a command's processes to the one that they cannot refuse. Shorter than an agent takes to leave.</summary>
    public TimeSpan TerminationMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>One answer to the health check.</summary>
    public TimeSpan HealthAnswerMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two questions at first: most services are up soon.</summary>
    public TimeSpan HealthIntervalAtFirst { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two questions after <see cref="HealthAtFirst"/>.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan HealthAtFirst { get; init; } = TimeSpan.FromSeconds(5);
}
