using Murder.Deploy;

namespace Murder.Build.Tasks.Tests;

public sealed class PlanTableTests
{
    [Fact]
    public void EveryHostIsARowBelowWhatItComesTo()
    {
        Problem full = new("MURDER0403", "Disk full on web3.", "Free space.");
        FleetPlan plan = Plan(
            new HostPlan("web1", "eu", 1, "1.0.0-a", 100_000_000, 0, 100_000_000, 20_000_000_000, 1_000_000_000, []),
            new HostPlan("web2", "us", 2, null, 8_800_000, 91_200_000, 8_800_000, 900_000_000, 250_000_000, []),
            new HostPlan("web3", "us", null, null, 100_000_000, 0, 100_000_000, 5_000_000, null, [full])) with { BitsPerSecond = 250_000_000 };

        Assert.Equal(
            """
            plan of release 1.1.0-b: 212 files, 100 MB, to 3 hosts; nothing was changed
            hosts will receive 208.8 MB in all, in about 4.7 s (no way to do it takes less than 3.2 s at 250 Mbit/s, the slowest link or the limit)
            waves: 1, 1; 1 would fail, and 0 may
              host  wave  runs     receives  has      free    link
              web1  1     1.0.0-a  100 MB    0 B      20 GB   1 Gbit/s
              web2  2     -        8.8 MB    91.2 MB  900 MB  250 Mbit/s
              web3  -     -        100 MB    0 B      5 MB    ?           MURDER0403
            """,
            PlanTable.Format(plan));
    }

    [Fact]
    public void WhatIsNotKnownIsNotMadeUp()
    {
        HostPlan host = new("web1", "", 1, null, 100, 0, 100, 1000, null, []);

        Assert.Contains("in a time that cannot be told: no host says how fast its link is", PlanTable.Format(Plan(host)), StringComparison.Ordinal);
        Assert.Contains("since all hold the release already", PlanTable.Format(Plan(host with { FetchBytes = 0 })), StringComparison.Ordinal);
    }

    private static FleetPlan Plan(params HostPlan[] hosts) => new()
    {
        Release = "1.1.0-b",
        FileCount = 212,
        TotalBytes = 100_000_000,
        PieceCount = 400,
        Hosts = hosts,
        Waves = [1, 1],
        FailedHostsMax = 0,
        BitsPerSecond = null,
    };
}
