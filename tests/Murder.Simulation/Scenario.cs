using System.Numerics;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>Everything that determines a run. The same scenario gives the same trace hash on every machine.</summary>
public sealed record Scenario
{
    /// <summary>Hosts that fetch; the seeder is one more.</summary>
    public int Hosts { get; init; } = 100;

    /// <summary>Of each host's uplink, and of each host's downlink.</summary>
    public long RateBytesPerSecond { get; init; } = 125_000_000;

    /// <summary>What each session, the seeder's too, sends and asks for at most, in bytes a second; null for no limit (<see cref="SwarmOptions.BytesPerSecondMax"/>).</summary>
    public long? Limit { get; init; }

    public long SizeBytes { get; init; } = 100_000_000;

    /// <summary>Wanted; the piece length is the power of two that comes nearest.</summary>
    public int Pieces { get; init; } = 400;

    public ulong Seed { get; init; } = 1;

    /// <summary>Hosts that refuse connections, crash or lose their power.</summary>
    public double DeadShare { get; init; }

    /// <summary>Hosts with a tenth of the network's rate, or with a disk of that rate.</summary>
    public double SlowShare { get; init; }

    /// <summary>Hosts that send corrupt blocks.</summary>
    public double CorruptShare { get; init; }

    public int Zones { get; init; } = 1;

    /// <summary>Hosts tell the tracker their zone. The seeder's is unknown to it.</summary>
    public bool IsZoneTold { get; init; } = true;

    public int HostsPerRack { get; init; } = 40;

    /// <summary>One way, within a rack; includes what the hosts' stacks take.</summary>
    public TimeSpan LatencyInRack { get; init; } = TimeSpan.FromMicroseconds(60);

    public TimeSpan LatencyInZone { get; init; } = TimeSpan.FromMicroseconds(150);

    public TimeSpan LatencyAcrossZones { get; init; } = TimeSpan.FromMicroseconds(800);

    /// <summary>Agents begin to fetch within this time, evenly.</summary>
    public TimeSpan StartSpread { get; init; } = TimeSpan.FromMilliseconds(10);

    public long DiskBytesPerSecond { get; init; } = 1_000_000_000;

    /// <summary>From the order to write a piece to its being readable, besides what its bytes take.</summary>
    public TimeSpan StoreTime { get; init; } = TimeSpan.FromMicroseconds(200);

    /// <summary>Zones in the first half and in the second half do not hear of each other from then on, for <see cref="PartitionTime"/>.</summary>
    public TimeSpan PartitionAt { get; init; }

    public TimeSpan PartitionTime { get; init; }

    /// <summary>The tracker refuses connections from then on, for <see cref="TrackerAwayTime"/>.</summary>
    public TimeSpan TrackerAwayAt { get; init; }

    public TimeSpan TrackerAwayTime { get; init; }

    /// <summary>What the tracker needs for an announce; announces wait for each other.</summary>
    public TimeSpan TrackerServiceTime { get; init; }

    /// <summary>Peers that a session's driver asks of the tracker.</summary>
    public int PeersWanted { get; init; } = 50;

    /// <summary>Connections of the seeder.</summary>
    public int SeederPeersMax { get; init; } = 256;

    /// <summary>The seeder shows each piece to one peer first (<see cref="SwarmOptions.IsOrigin"/>).</summary>
    public bool IsSeederOrigin { get; init; } = true;

    public SwarmOptions Session { get; init; } = SwarmOptions.Default;

    public TrackerOptions Tracker { get; init; } = TrackerOptions.Default;

    /// <summary>The run ends after so much simulated time, whoever has not completed.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After each so many inputs, the session's invariants are checked; 0 for never.</summary>
    public int InvariantsEvery { get; init; }

    /// <summary>How often a <see cref="Timeline"/> of the run is taken; zero for never. It changes nothing of the run.</summary>
    public TimeSpan TimelineInterval { get; init; }

    public int PieceLength
    {
        get
        {
            double exact = Math.Log2(Math.Max(1, SizeBytes / (double)Pieces));
            return Math.Clamp(1 << (int)Math.Round(exact), PieceLayout.BlockLength, 8 << 20);
        }
    }

    public int PieceCount => (int)((SizeBytes + PieceLength - 1) / PieceLength);

    /// <summary>What a host can use of its link.</summary>
    public long UsableRate => Math.Min(RateBytesPerSecond, Limit ?? long.MaxValue);

    /// <summary>No way of passing pieces on is faster: F/C × (1 + ⌊log2 N⌋ / pieces).</summary>
    public TimeSpan Bound =>
        TimeSpan.FromSeconds(SizeBytes / (double)UsableRate * (1 + ((double)BitOperations.Log2((uint)Hosts) / PieceCount)));

    /// <summary>What a deployer needs who sends everybody a copy over the one link: N × F/C.</summary>
    public TimeSpan CentralPush => TimeSpan.FromSeconds(SizeBytes / (double)UsableRate * Hosts);
}
