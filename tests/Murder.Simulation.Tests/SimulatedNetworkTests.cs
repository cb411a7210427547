namespace Murder.Simulation.Tests;

/// <summary>The world itself: where the answer is known without a swarm.</summary>
public class SimulatedNetworkTests
{
    private const long Rate = 10_000_000;
    private const long Size = 128 * 16 * 1024;

    private static readonly Scenario One = new() { Hosts = 1, RateBytesPerSecond = Rate, SizeBytes = Size, Pieces = 32, StartSpread = TimeSpan.Zero, InvariantsEvery = 1 };

    [Fact]
    public void One_host_takes_what_one_copy_takes_on_the_link()
    {
        SimulationReport report = new Simulation(One).Run();

        double copy = Size / (double)Rate;
        Assert.InRange(report.LastSeconds, copy, copy + 0.01);
        Assert.Equal(1, report.SeederCopies, 3);
        Assert.Equal(0, report.WastedShare);
    }

    [Fact]
    public void A_slow_disk_takes_what_one_copy_takes_on_the_disk()
    {
        SimulationReport report = new Simulation(One with { DiskBytesPerSecond = Rate / 4 }).Run();

        Assert.InRange(report.LastSeconds, 4 * Size / (double)Rate, (4 * Size / (double)Rate) + 0.1);
    }

    [Fact]
    public void A_slow_network_takes_what_one_copy_takes_on_its_downlink()
    {
        SimulationReport report = new Simulation(One with { SlowShare = 1 }).Run();

        Assert.InRange(report.ImpairedLastSeconds, 10 * Size / (double)Rate, (10 * Size / (double)Rate) + 0.1);
    }

    [Fact]
    public void Hosts_that_meet_only_the_seeder_share_its_uplink_fairly()
    {
        // One piece: nobody has anything to pass on before all have it.
        Scenario alone = One with { Hosts = 4, Pieces = 1, PeersWanted = 1, IsSeederOrigin = false };
        SimulationReport report = new Simulation(alone).Run();

        Assert.Equal(4, report.HealthyCompleted);
        Assert.InRange(report.Percentile(0), 3.5 * Size / Rate, 4.1 * Size / Rate);
    }
}
