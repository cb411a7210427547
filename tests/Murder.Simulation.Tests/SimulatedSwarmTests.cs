namespace Murder.Simulation.Tests;

/// <summary>
/// What must be true of a swarm whatever the seed. The releases are small and the links slow, so that a run is short and a piece takes as
/// long, compared with a message, as one of a usual release does on a usual link.
/// </summary>
public class SimulatedSwarmTests
{
    /// <summary>0.8 s a copy, 8 ms a piece.</summary>
    private static readonly Scenario Small = new()
    {
        Hosts = 60,
        RateBytesPerSecond = 4_096_000,
        SizeBytes = 100 * 32 * 1024,
        Pieces = 100,
        InvariantsEvery = 499,
    };

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 5).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Everybody_completes_near_the_bound(ulong seed)
    {
        SimulationReport report = Run(Small with { Seed = seed });

        Require(report, report.HealthyCompleted == report.HealthyHosts, "somebody did not complete");
        Require(report, report.LastToBound <= Limits.LastToBound, $"the last host was later than {Limits.LastToBound} × the bound");
        Require(report, report.WastedShare <= Limits.WastedShare, $"more than {Limits.WastedShare:P1} was wasted");
        Require(report, report.SeederCopies <= Limits.SeederCopies, $"the seeder sent more than {Limits.SeederCopies} copies");
        Require(report, report.PeersBanned == 0, "an honest host was banned");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void With_faults_every_healthy_host_completes_and_only_liars_are_banned(ulong seed)
    {
        SimulationReport report = Run(Small with { Seed = seed, DeadShare = 0.10, SlowShare = 0.05, CorruptShare = 0.05 });

        Require(report, report.HealthyCompleted == report.HealthyHosts, "a healthy host did not complete");
        Require(report, report.ImpairedCompleted == report.ImpairedHosts, "a slow or refusing host did not complete");
        Require(report, report.LastToBound <= Limits.LastToBoundWithFaults, $"the last healthy host was later than {Limits.LastToBoundWithFaults} × the bound");
        Require(report, report.PeersBanned > 0, "no liar was banned");
        Require(report, report.HonestPeersBanned == 0, "an honest host was banned");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_partition_heals(ulong seed)
    {
        Scenario cut = Small with { Seed = seed, Zones = 2, PartitionAt = TimeSpan.FromSeconds(0.2), PartitionTime = TimeSpan.FromSeconds(40) };
        SimulationReport report = Run(cut);

        // Longer than connections live in silence: they are opened anew. A failed endpoint is tried again within a minute.
        Require(report, report.HealthyCompleted == report.HealthyHosts, "somebody did not complete");
        Require(report, report.LastSeconds <= (cut.PartitionAt + cut.PartitionTime).TotalSeconds + 70, "the healed half took too long");
        Require(report, report.Percentile(0.4) < 10, "the seeder's half waited for the other");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_short_partition_costs_its_length_and_a_little(ulong seed)
    {
        Scenario cut = Small with { Seed = seed, Zones = 2, PartitionAt = TimeSpan.FromSeconds(0.3), PartitionTime = TimeSpan.FromSeconds(2) };
        SimulationReport report = Run(cut);

        Require(report, report.HealthyCompleted == report.HealthyHosts, "somebody did not complete");
        Require(report, report.LastSeconds <= 2.3 + (Limits.LastToBound * report.BoundSeconds) + 1, "the cut cost more than its length and a second");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void A_tracker_that_is_away_for_a_while_delays_only_those_who_know_nobody(double awayAt)
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            SimulationReport report = Run(Small with { Seed = seed, TrackerAwayAt = TimeSpan.FromSeconds(awayAt), TrackerAwayTime = TimeSpan.FromSeconds(3) });

            Require(report, report.HealthyCompleted == report.HealthyHosts, "somebody did not complete");
            double start = awayAt > 0 ? 0 : 3 + Small.Session.AnnounceRetryDelay.TotalSeconds;
            Require(report, report.LastSeconds <= start + (Limits.LastToBound * report.BoundSeconds), "the tracker's absence cost more than its length and a retry");
        }
    }

    [Fact]
    public void Told_zones_keep_most_bytes_at_home_and_cost_little_time()
    {
        Scenario zoned = Small with { Hosts = 200, Zones = 4, Seed = 3 };
        SimulationReport untold = Run(zoned with { IsZoneTold = false });
        SimulationReport told = Run(zoned);

        Require(told, told.HealthyCompleted == told.HealthyHosts, "somebody did not complete");
        Require(told, told.AcrossZonesShare < untold.AcrossZonesShare / 2, $"untold, {untold.AcrossZonesShare:P1} crossed zones");
        Require(told, told.LastSeconds < 1.5 * untold.LastSeconds, $"untold, the last host was done at {untold.LastSeconds} s");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        Scenario scenario = Small with { Seed = 42, DeadShare = 0.1, SlowShare = 0.05, CorruptShare = 0.05, Zones = 3 };

        SimulationReport first = Run(scenario);

        Assert.Equal(first.TraceHash, Run(scenario).TraceHash);
        Assert.Equal(first.TraceHash, Run(scenario with { InvariantsEvery = 0 }).TraceHash);
        Assert.NotEqual(first.TraceHash, Run(scenario with { Seed = 43 }).TraceHash);
    }

    [Fact]
    public void Nobody_holds_a_buffer_once_all_is_stored()
    {
        Simulation simulation = new(Small with { Seed = 5, CorruptShare = 0.05 });
        SimulationReport report = simulation.Run();

        Require(report, report.HealthyCompleted == report.HealthyHosts, "somebody did not complete");
        Assert.All(simulation.Hosts.Where(host => host.IsComplete), host => Assert.Equal(0, host.HandlesHeld));
    }

    /// <summary>10,000 hosts take minutes: see src/README.md for the command.</summary>
    [Fact]
    public void A_thousand_hosts_complete()
    {
        SimulationReport report = Run(Small with
        {
            Hosts = 1000,
            SizeBytes = 60 * 16 * 1024,
            RateBytesPerSecond = 2_048_000,
            Pieces = 60,
            Seed = 7,
            InvariantsEvery = 10_007,
            DeadShare = 0.02,
            CorruptShare = 0.001,
        });

        Require(report, report.HealthyCompleted == report.HealthyHosts, "a healthy host did not complete");
        Require(report, report.HonestPeersBanned == 0, "an honest host was banned");
        Require(report, report.LastToBound <= Limits.LastToBoundWithFaults, $"the last healthy host was later than {Limits.LastToBoundWithFaults} × the bound");
        Require(report, report.CentralPushToLast >= Limits.CentralPushToLast, $"the swarm was less than {Limits.CentralPushToLast} times as fast as the deployer's one link");
    }

    private static SimulationReport Run(Scenario scenario)
    {
        try
        {
            return new Simulation(scenario).Run();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"seed {scenario.Seed}: {e.Message}", e);
        }
    }

    private static void Require(SimulationReport report, bool condition, string message) =>
        Assert.True(condition, $"seed {report.Scenario.Seed}: {message}\n{ReportText.ToText(report)}");

    /// <summary>
    /// What is reached today, with a little room for chance: ratchets, to be moved down as the picker gets better. Wanted of 1,000 hosts are
    /// 1.15, and with faults 1.5. These runs of 0.8 s are mostly beginning and end: the waste is the end game's, whose patience is half a second.
    /// </summary>
    private static class Limits
    {
        public const double LastToBound = 1.9;
        public const double LastToBoundWithFaults = 4.0;
        public const double WastedShare = 0.17;
        public const double SeederCopies = 1.9;
        public const double CentralPushToLast = 200;
    }
}
