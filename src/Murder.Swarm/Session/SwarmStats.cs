namespace Murder.Swarm;

/// <summary>What a session has done so far. All sizes in bytes of payload.</summary>
public readonly record struct SwarmStats
{
    /// <summary>Bytes of verified pieces.</summary>
    public long VerifiedBytes { get; init; }

    /// <summary>Block bytes received, duplicates and corrupt ones included.</summary>
    public long DownloadedBytes { get; init; }

    /// <summary>Those of them that came from members who said that they are in another zone.</summary>
    public long DownloadedBytesAcrossZones { get; init; }

    /// <summary>Block bytes handed to the network.</summary>
    public long UploadedBytes { get; init; }

    /// <summary>When the first block was given to the network; null before. What came earlier was greeting, not distribution.</summary>
    public Instant? FirstUploadAt { get; init; }

    /// <summary>Block bytes received that were not needed any more, or were corrupt.</summary>
    public long WastedBytes { get; init; }

    public int PeersConnected { get; init; }

    public int PeersBanned { get; init; }
}
