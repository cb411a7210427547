using Murder.Swarm;

namespace Murder.Simulation.Tests;

/// <summary>Swarms on fast links under a limit, beside the same swarm on links of that rate.</summary>
public class RateLimitTests
{
    /// <summary>6.1 s a copy, 16 ms a piece.</summary>
    private static readonly Scenario Limited = new()
    {
        Hosts = 30,
        RateBytesPerSecond = 125_000_000,
        Limit = 4_096_000,
        SizeBytes = 380 * 64 * 1024,
        Pieces = 380,
        InvariantsEvery = 4_999,
    };

    public static TheoryData<ulong> Seeds => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_holds_both_ways_and_the_swarm_keeps_its_shape(ulong seed)
    {
        SimulationReport links = new Simulation(Limited with { Seed = seed, RateBytesPerSecond = 4_096_000, Limit = null }).Run();
        SimulationReport limited = new Simulation(Limited with { Seed = seed }).Run();

        Require(limited, limited.HealthyCompleted == limited.HealthyHosts, "somebody did not complete");
        Require(limited, limited.SentToLimit is >= 0.95 and <= 1.05, "a host sent more than the limit, or nobody sent as much");
        Require(limited, limited.ReceivedToLimit is >= 0.8 and <= 1.05, "a host received more than the limit, or nobody received nearly as much");
        Require(limited, limited.LastToBound <= links.LastToBound * 1.05, $"on links of that rate the last host was done at {links.LastToBound:0.000} × the bound");
        Require(limited, limited.SeederCopies <= links.SeederCopies * 1.05, $"on links of that rate the seeder sent {links.SeederCopies:0.00} copies");
        Require(limited, limited.WastedShare <= 0.01, "more than a hundredth was wasted");
    }

    [Fact]
    public void A_low_limit_is_no_stall()
    {
        SimulationReport report = new Simulation(Limited with { Limit = 100_000, SizeBytes = 100 * 32 * 1024, Pieces = 100, Seed = 4 }).Run();

        Require(report, report.HealthyCompleted == report.HealthyHosts, "somebody did not complete");
        Require(report, report.LastToBound <= 1.8, "the last host was late");
        Require(report, report.SentToLimit <= 1.06, "a host sent more than the limit: two blocks of a bucket are a twentieth of 5 s");
        Require(report, !report.Closes.ContainsKey(nameof(CloseReason.TimedOut)), "a connection timed out");
    }

    [Fact]
    public void It_holds_with_liars_and_the_dead_among_the_hosts()
    {
        SimulationReport report = new Simulation(Limited with { Seed = 5, DeadShare = 0.1, CorruptShare = 0.05 }).Run();

        Require(report, report.HealthyCompleted == report.HealthyHosts, "a healthy host did not complete");
        Require(report, report.SentToLimit <= 1.05 && report.ReceivedToLimit <= 1.05, "a host sent or received more than the limit");
    }

    private static void Require(SimulationReport report, bool condition, string message) =>
        Assert.True(condition, $"seed {report.Scenario.Seed}: {message}\n{ReportText.ToText(report)}");
}
