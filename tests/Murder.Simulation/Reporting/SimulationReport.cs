using System.Diagnostics;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>What came of a run.</summary>
public sealed record SimulationReport
{
    public required Scenario Scenario { get; init; }

    public int HealthyHosts { get; init; }

    public int HealthyCompleted { get; init; }

    /// <summary>Slow ones, and those that refuse connections.</summary>
    public int ImpairedHosts { get; init; }

    public int ImpairedCompleted { get; init; }

    /// <summary>From the start of the first host to completion, in seconds: of healthy hosts, in order.</summary>
    public required IReadOnlyList<double> CompletionSeconds { get; init; }

    /// <summary>Of slow hosts and those that refuse connections.</summary>
    public double ImpairedLastSeconds { get; init; }

    public double BoundSeconds { get; init; }

    public double CentralPushSeconds { get; init; }

    /// <summary>What the seeder sent, in copies of the release.</summary>
    public double SeederCopies { get; init; }

    /// <summary>Bytes that arrived and were not needed, or wrong, over the bytes that were needed by all who completed.</summary>
    public double WastedShare { get; init; }

    /// <summary>Of the blocks that arrived, how much came from another zone.</summary>
    public double AcrossZonesShare { get; init; }

    /// <summary>The most that a host sent within any 5 s, over what the limit allows; null without a limit.</summary>
    public double? SentToLimit { get; init; }

    /// <summary>The same of what arrived at a host.</summary>
    public double? ReceivedToLimit { get; init; }

    public int PeersBanned { get; init; }

    public int HonestPeersBanned { get; init; }

    public required IReadOnlyDictionary<string, long> Closes { get; init; }

    public long Events { get; init; }

    public long Inputs { get; init; }

    public double WallSeconds { get; init; }

    /// <summary>Of all this process's threads, since it began.</summary>
    public double ProcessorSeconds { get; init; }

    public long PeakMemoryBytes { get; init; }

    public required string TraceHash { get; init; }

    public double LastSeconds => CompletionSeconds.Count == 0 ? double.NaN : CompletionSeconds[^1];

    public double LastToBound => LastSeconds / BoundSeconds;

    public double CentralPushToLast => CentralPushSeconds / LastSeconds;

    /// <summary>The time by which this share of the healthy hosts that completed had.</summary>
    public double Percentile(double share) =>
        CompletionSeconds.Count == 0 ? double.NaN : CompletionSeconds[Math.Max(0, (int)Math.Ceiling(share * CompletionSeconds.Count) - 1)];

    internal static SimulationReport Of(Simulation simulation, TimeSpan wallTime, long events, long inputs, long[] closes)
    {
        Scenario scenario = simulation.Scenario;
        SimulatedHost[] fetching = [.. simulation.Hosts.Skip(1)];
        SimulatedHost[] healthy = [.. fetching.Where(host => host.Health == HostHealth.Healthy)];
        SimulatedHost[] impaired = [.. fetching.Where(host => host.Health != HostHealth.Healthy && Faults.IsToComplete(host.Health))];
        using Process process = Process.GetCurrentProcess();
        double completed = Math.Max(1, fetching.Count(host => host.IsComplete)) * (double)scenario.SizeBytes;
        return new SimulationReport
        {
            Scenario = scenario,
            HealthyHosts = healthy.Length,
            HealthyCompleted = healthy.Count(host => host.IsComplete),
            ImpairedHosts = impaired.Length,
            ImpairedCompleted = impaired.Count(host => host.IsComplete),
            CompletionSeconds = [.. healthy.Where(host => host.IsComplete).Select(SecondsOf).Order()],
            ImpairedLastSeconds = impaired.Where(host => host.IsComplete).Select(SecondsOf).DefaultIfEmpty(0).Max(),
            BoundSeconds = scenario.Bound.TotalSeconds,
            CentralPushSeconds = scenario.CentralPush.TotalSeconds,
            SeederCopies = simulation.Hosts[Simulation.SeederIndex].Session.Stats.UploadedBytes / (double)scenario.SizeBytes,
            WastedShare = fetching.Sum(host => host.Session.Stats.WastedBytes) / completed,
            AcrossZonesShare = simulation.Network.BlockBytesAcrossZones / (double)Math.Max(1, simulation.Network.BlockBytes),
            SentToLimit = scenario.Limit is { } limit ? simulation.Hosts.Max(host => host.Sent!.PeakRate) / limit : null,
            ReceivedToLimit = scenario.Limit is { } same ? simulation.Hosts.Max(host => host.Received!.PeakRate) / same : null,
            PeersBanned = simulation.Hosts.Sum(host => host.PeersBanned),
            HonestPeersBanned = simulation.Hosts.Sum(host => host.HonestPeersBanned),
            Closes = Enum.GetValues<CloseReason>().Where(reason => closes[(int)reason] > 0).ToDictionary(reason => reason.ToString(), reason => closes[(int)reason]),
            Events = events,
            Inputs = inputs,
            WallSeconds = wallTime.TotalSeconds,
            PeakMemoryBytes = process.PeakWorkingSet64,
            ProcessorSeconds = process.TotalProcessorTime.TotalSeconds,
            TraceHash = simulation.Trace.Value.ToString("x16"),
        };
    }

    private static double SecondsOf(SimulatedHost host) => host.CompletedAt / (double)TimeSpan.TicksPerSecond;
}
