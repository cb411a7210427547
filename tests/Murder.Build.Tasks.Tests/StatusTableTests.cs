using Murder.Deploy;
using Murder.PeerHost.Contract;

namespace Murder.Build.Tasks.Tests;

public sealed class StatusTableTests
{
    [Fact]
    public void The_table_says_what_each_host_has_and_which_differ()
    {
        HostStatus[] hosts =
        [
            new("web1", "1.1-b", "1.0-a", ["1.0-a", "1.1-b"], [], 93_200_000_000, null, null) { Agent = "0.1.0" },
            new("web2.example.com", "1.1-b", null, ["1.0-a", "1.9-d", "1.10-c", "1.1-b"], [], 3_200_000_000, "deployer pid 7", null) { Agent = "0.1.0" },
            new("web3", "1.0-a", null, ["1.0-a"], ["1.1-b"], 12_000_000, null, null) { Agent = "0.1.0" },
            new("web4", null, null, [], [], 0, null, new Problem("MURDER0201", "web4: no answer.", "Start it.")),
        ];

        Assert.Equal(
            """
            2 of 4 hosts at 1.1-b; web3 at 1.0-a; no answer from web4
              host              current     previous  staged     free     agent  lock
              web1              1.1-b       1.0-a     -          93.2 GB  0.1.0  -
              web2.example.com  1.1-b       -         1.10-c +2  3.2 GB   0.1.0  deployer pid 7
              web3              1.0-a       -         1 partial  12.0 MB  0.1.0  -
              web4              MURDER0201  -         -          -        -      -
            releases on web1, oldest first: 1.0-a, 1.1-b
            releases on web2.example.com, oldest first: 1.0-a, 1.9-d, 1.10-c, 1.1-b
            releases on web3, oldest first: 1.0-a
            """,
            StatusTable.Format(hosts));
    }

    [Fact]
    public void Hosts_without_a_release_agree_as_well() =>
        Assert.Equal("1 of 1 host without an active release", StatusTable.Summarize([new("web1", null, null, [], [], 1, null, null)]));

    [Fact]
    public void Nobody_answered() =>
        Assert.Equal("none of 1 host answered", StatusTable.Summarize([new("web1", null, null, [], [], 0, null, new Problem("MURDER0201", "x", "y"))]));

    [Fact]
    public void What_was_verified_has_a_column_of_its_own()
    {
        HostStatus web = new("web1", "1.1-b", null, ["1.1-b"], [], 3_200_000_000, null, null) { Agent = "0.1.0", Verification = new ReleaseVerification([], 0, null) };
        HostStatus[] hosts =
        [
            web,
            web with { Name = "web2", Verification = new ReleaseVerification([new("app.dll", DifferenceKind.Missing, "is missing")], 1, null) },
            web with { Name = "web3", Verification = ReleaseVerification.Impossible("it is gone") },
            web with { Name = "web4", Current = null, Verification = null },
        ];

        Assert.Equal(
            """
            3 of 4 hosts at 1.1-b; web4 without an active release; no longer as deployed: web2; could not be checked: web3
              host  current  previous  staged  free    agent  lock  verified
              web1  1.1-b    -         -       3.2 GB  0.1.0  -     yes
              web2  1.1-b    -         -       3.2 GB  0.1.0  -     1 difference
              web3  1.1-b    -         -       3.2 GB  0.1.0  -     ?
              web4  -        -         1.1-b   3.2 GB  0.1.0  -     -
            releases on web1, web2, web3, web4, oldest first: 1.1-b
            """,
            StatusTable.Format(hosts));
    }

    [Fact]
    public void An_activation_that_did_not_come_to_its_end_is_marked()
    {
        HostStatus web = new("web1", "1.1-b", null, ["1.1-b"], [], 1, null, null) { IsUnfinished = true };

        Assert.Equal("1 of 1 host at 1.1-b; activated half-way only: web1", StatusTable.Summarize([web]));
        Assert.Contains("1.1-b (unfinished)", StatusTable.Format([web]), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_hosts_that_differ_are_counted()
    {
        HostStatus web = new("web", "1.1-b", null, [], [], 1, null, null);
        HostStatus[] hosts = [.. Enumerable.Range(1, 50).Select(number => web with { Name = $"web{number:00}", Current = number > 30 ? "1.0-a" : "1.1-b" })];

        Assert.Equal("30 of 50 hosts at 1.1-b; web31, web32, web33, web34, web35, web36, web37, web38 and 12 more at 1.0-a", StatusTable.Summarize(hosts));
    }
}
