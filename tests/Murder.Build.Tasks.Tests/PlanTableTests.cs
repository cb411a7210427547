using Murder.Deploy;

namespace Murder.Build.Tasks.Tests;

public sealed class PlanTableTests
{
    [Fact]
    public void EveryHostIsARowBelowWhatItComesTo()
    {
        Problem full = new("MURDER0403", "Disk full on web3.", "Free space.");
        FleetPlan plan = Plan(
            new HostPlan("web1", true, "eu", 1, "1.0.0-a", 100_000_000, 0, 100_000_000, 20_000_000_000, 1_000_000_000, []),
            new HostPlan("web2", true, "us", 2, null, 8_800_000, 91_200_000, 8_800_000, 900_000_000, 250_000_000, []),
            new HostPlan("web3", true, "us", null, null, 100_000_000, 0, 100_000_000, 5_000_000, null, [full])) with { BitsPerSecond = 250_000_000, RateBasis = RateBasis.SomeLinks };

        Assert.Equal(
            """
            plan of release 1.1.0-b: 212 files, 100 MB, to 3 hosts; nothing was changed
            hosts will receive 208.8 MB in all, in about 4.7 s (no way to do it takes less than 3.2 s at 250 Mbit/s, the slowest of the 2 links that say how fast they are)
            waves: 1, 1; 1 of 3 hosts would fail, and 0 may
              host  zone  wave  runs     receives  has      needs   free    link
              web1  eu    1     1.0.0-a  100 MB    0 B      100 MB  20 GB   1 Gbit/s
              web2  us    2     -        8.8 MB    91.2 MB  8.8 MB  900 MB  250 Mbit/s
              web3  us    -     -        100 MB    0 B      100 MB  5 MB    ?           MURDER0403
            """,
            PlanTable.Format(plan));
    }

    [Fact]
    public void WhatIsNotKnownIsNotMadeUp()
    {
        HostPlan host = new("web1", true, "", 1, null, 100, 0, 100, 1000, null, []);

        Assert.Contains("in a time that cannot be told: no host says how fast its link is", PlanTable.Format(Plan(host)), StringComparison.Ordinal);
        Assert.Contains("since all hold the release already", PlanTable.Format(Plan(host with { FetchBytes = 0 })), StringComparison.Ordinal);
        HostPlan unasked = new("web2", false, "", null, null, 0, 0, 0, 0, null, []);
        Assert.Contains("the only host that said what it holds will receive 100 B", PlanTable.Format(Plan(host, unasked)), StringComparison.Ordinal);
        Assert.Contains("no host said what it holds", PlanTable.Format(Plan(unasked)), StringComparison.Ordinal);
        Assert.Contains("web2  -     ?     ?         ?", PlanTable.Format(Plan(host, unasked)), StringComparison.Ordinal);
    }

    [Fact]
    public void CopiesForHostsThatDoNotReachEachOtherAreReckonedWith()
    {
        HostPlan host = new("web1", true, "", 1, null, 100_000_000, 0, 100_000_000, 1_000_000_000, 1_000_000_000, []);

        string table = PlanTable.Format(Plan(host, host with { Name = "web2" }) with { BitsPerSecond = 1_000_000_000, RateBasis = RateBasis.Links, CopyCount = 2 });

        Assert.Contains("(no way to do it takes less than 1.6 s at 1 Gbit/s, the slowest of the hosts' links, and 2 copies that leave this machine, since not all hosts reach each other)", table, StringComparison.Ordinal);
    }

    [Fact]
    public void HostsWithoutZonesHaveNoColumnForThem()
    {
        FleetPlan plan = Plan(new HostPlan("web1", true, "", 1, null, 100, 0, 4096, 1000, null, [])) with { BitsPerSecond = 8_000_000, RateBasis = RateBasis.Limit };

        Assert.Equal(
            """
            plan of release 1.1.0-b: 212 files, 100 MB, to 1 host; nothing was changed
            hosts will receive 100 B in all, in about 1.0 s (no way to do it takes less than 0.0 s at 8 Mbit/s, which MurderRateLimit allows)
            waves: 1, 1; nothing stands in the way
              host  wave  runs  receives  has  needs   free  link
              web1  1     -     100 B     0 B  4.1 kB  1 kB  ?
            """,
            PlanTable.Format(plan));
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
        RateBasis = RateBasis.Unknown,
    };
}
