namespace Murder.Deploy;

/// <summary>What a deploy would do and meet, as every host was asked: what <c>MurderPlan</c> prints. Nothing was changed for it.</summary>
public sealed record FleetPlan
{
    public required string Release { get; init; }

    public required int FileCount { get; init; }

    /// <summary>Bytes of the release.</summary>
    public required long TotalBytes { get; init; }

    public required int PieceCount { get; init; }

    /// <summary>In the order of the deploy.</summary>
    public required IReadOnlyList<HostPlan> Hosts { get; init; }

    /// <summary>How many hosts each wave switches.</summary>
    public required IReadOnlyList<int> Waves { get; init; }

    /// <summary>How many hosts may fail.</summary>
    public required int FailedHostsMax { get; init; }

    /// <summary>How many hosts another deploy holds: one is enough to end this one before it changes any.</summary>
    public int LockedCount { get; init; }

    /// <summary>Each a sentence: which host does not reach what, where the deploy gets along without.</summary>
    public IReadOnlyList<string> Gaps { get; init; } = [];

    /// <summary>Bits a second of the slowest link that is known, or of <c>MurderRateLimit</c> when that is less; null when nothing is known.</summary>
    public required long? BitsPerSecond { get; init; }

    public required RateBasis RateBasis { get; init; }

    /// <summary>Copies that have to leave this machine: one for each group of hosts that reach each other.</summary>
    public int CopyCount { get; init; } = 1;

    public int FailingCount => Hosts.Count(host => host.Problems.Count > 0);

    /// <summary>The deploy would succeed, as far as can be told before it.</summary>
    public bool IsGood => LockedCount == 0 && FailingCount <= FailedHostsMax && FailingCount < Hosts.Count;

    /// <summary>How many hosts said what they have.</summary>
    public int KnownCount => Hosts.Count(host => host.IsKnown);

    public long FetchBytes => Hosts.Sum(host => host.FetchBytes);

    /// <summary>
    /// The least time in which all hosts can have what they lack (<see cref="SwarmBound"/>), with every further copy over this machine's link, which is taken
    /// to be as fast as theirs. Null when no rate is known.
    /// </summary>
    public TimeSpan? Bound
    {
        get
        {
            int fetching = Hosts.Count(host => host.FetchBytes > 0);
            if (BitsPerSecond is not { } rate || fetching == 0)
            {
                return fetching == 0 ? TimeSpan.Zero : null;
            }

            long bytes = Hosts.Max(host => host.FetchBytes);
            double bytesPerSecond = rate / 8.0;
            return TimeSpan.FromSeconds(new SwarmBound(bytes, fetching, PieceCount, bytesPerSecond, RateSource.Link).Seconds + ((CopyCount - 1) * bytes / bytesPerSecond));
        }
    }

    /// <summary>What staging takes by the measurements in the README: 1.15 times the bound, and a second until all agents run.</summary>
    public TimeSpan? Predicted => Bound is { } bound ? (1.15 * bound) + TimeSpan.FromSeconds(1) : null;
}

/// <summary>Where the rate of a plan comes from.</summary>
public enum RateBasis
{
    Unknown,

    /// <summary><c>MurderRateLimit</c>.</summary>
    Limit,

    /// <summary>The slowest of the links of all hosts.</summary>
    Links,

    /// <summary>The slowest of the links that say how fast they are.</summary>
    SomeLinks,
}

/// <summary>One host's row of a plan. Sizes in bytes; 0 for a host that was not asked.</summary>
/// <param name="IsKnown">the host said what it has; else nothing is known of it</param>
/// <param name="Wave">in which it would be switched, from 1 on; null when it would not</param>
/// <param name="Current">release that it runs; null when it runs none</param>
/// <param name="ReusedBytes">of the release, there already with the right hash</param>
/// <param name="NeededBytes">of its disk, beyond what lies there</param>
/// <param name="LinkBitsPerSecond">null when its links do not tell</param>
/// <param name="Problems">why the deploy would fail on it</param>
public sealed record HostPlan(
    string Name, bool IsKnown, string Zone, int? Wave, string? Current, long FetchBytes, long ReusedBytes, long NeededBytes, long FreeBytes, long? LinkBitsPerSecond, IReadOnlyList<Problem> Problems);
