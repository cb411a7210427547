namespace Murder.Swarm;

/// <summary>The bounds and waits of a tracker.</summary>
public sealed record TrackerOptions
{
    public static TrackerOptions Default { get; } = new();

    /// <summary>Members at once: 10,000 hosts, each of which may have been started anew before its old self expired.</summary>
    public int MembersMax { get; init; } = 20_000;

    /// <summary>Peers handed out to who does not say how many it wants.</summary>
    public int PeersDefault { get; init; } = 50;

    /// <summary>Most peers handed out at once: 200 × 18 bytes (IPv6) are 3.6 KB.</summary>
    public int PeersMax { get; init; } = 200;

    /// <summary>
    /// Of the peers handed out, how many of a hundred are in the asker's zone when there are enough; the others are bridges to other zones.
    /// Every bridge is used from both ends, and most while pieces are new: more bytes cross zones than the bridges' share. Fewer bridges make pieces
    /// late in other zones (300 hosts in 5 zones: 98 has 12 % of the bytes cross and the last host done at 0.96 s, 95 19 % and 0.94 s, 90 24 % and 0.93 s).
    /// </summary>
    public int PeersInZonePercent { get; init; } = 95;

    /// <summary>The deployer's seeder is handed to everybody while the swarm has no more members than a member has connections.</summary>
    public int EverybodyMeetsSeederMembersMax { get; init; } = 64;

    /// <summary>
    /// Bounds the tracker's load: all members together announce this often a second, at 0.2 ms of one core each (measured on loopback, the
    /// client's half included). With it, 1,000 members announce every second, 10,000 every ten.
    /// </summary>
    public int AnnouncesPerSecondMax { get; init; } = 1000;

    public TimeSpan IntervalMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A member that missed so many announces is gone.</summary>
    public int MissedIntervalsMax { get; init; } = 3;

    /// <summary>
    /// But no member is forgotten earlier than this: a loaded host may be late by seconds, and other clients announce as seldom as they like.
    /// Handing out a dead peer costs a refused connection; forgetting a live one costs its upload.
    /// </summary>
    public TimeSpan ExpiryMin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The larger of <see cref="IntervalMin"/> and members / <see cref="AnnouncesPerSecondMax"/>, in whole seconds as BEP 3 has them.</summary>
    public TimeSpan Interval(int members)
    {
        var forLoad = TimeSpan.FromSeconds((members + AnnouncesPerSecondMax - 1) / AnnouncesPerSecondMax);
        return forLoad > IntervalMin ? forLoad : IntervalMin;
    }

    /// <summary>How long a member lives after an announce that was answered with this interval.</summary>
    public TimeSpan Lifetime(TimeSpan interval)
    {
        TimeSpan lifetime = (MissedIntervalsMax + 1) * interval;
        return lifetime > ExpiryMin ? lifetime : ExpiryMin;
    }
}
