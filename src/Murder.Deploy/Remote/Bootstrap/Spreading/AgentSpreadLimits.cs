namespace Murder.Deploy;

/// <summary>How the agent spreads through a fleet that has none yet.</summary>
internal sealed record AgentSpreadLimits
{
    /// <summary>Up to so many hosts all get the agent from us: there is next to nothing to save.</summary>
    public int SmallFleetMax { get; init; } = 3;

    /// <summary>
    /// Hosts that get it from one other at once. Where k share a link, each gets it k times as slowly; but since what arrives is passed on
    /// while it does, all are done after k times what one takes, however many they are. With 1 they would be a chain, in which the slowest
    /// holds up all behind it. Where agents hand it on only when they run, it is k times for each of the levels of the tree.
    /// </summary>
    public int DownloadsPerSourceMax { get; init; } = 2;

    /// <summary>Hosts that get it from us at once while others could get it from hosts. Two, so that one bad host cannot hold up all.</summary>
    public int UploadsMax { get; init; } = 2;

    /// <summary>How long a host that has the agent hands it on: less than <c>relay.pl</c> and the agent do.</summary>
    public TimeSpan SourceLifeMax { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>A host that waited so long for its turn, and no agent has arrived anywhere, gets it from us.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A host to which it came so long from another, and no agent has arrived anywhere, gets it from us.</summary>
    public TimeSpan DownloadMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A host that could not connect says so sooner than this; one to which too little came, later. See <c>get</c> in <c>bootstrap.sh</c>.</summary>
    public TimeSpan ConnectMax { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A source that so many could not get it from is left alone.</summary>
    public int MissesPerSourceMax { get; init; } = 2;

    /// <summary>A host for which it broke off so often gets it from us; one that could not get it from a host to which it comes by itself, at once.</summary>
    public int MissesPerHostMax { get; init; } = 2;

    /// <summary>When it came through from nowhere, and so many sound sources were tried, hosts do not reach each other.</summary>
    public int UnreachedSourcesMax { get; init; } = 2;

    /// <summary>
    /// A host that waits for its turn, or for what comes from another, so many times what it took at best, and <see cref="LateMin"/>, gets it
    /// from us: whoever it waits for is slow, and must not harm it.
    /// </summary>
    public int LateFactor { get; init; } = 3;

    /// <inheritdoc cref="LateFactor"/>
    public TimeSpan LateMin { get; init; } = TimeSpan.FromSeconds(5);
}
