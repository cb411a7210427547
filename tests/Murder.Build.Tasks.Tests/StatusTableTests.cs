using Murder.Deploy;

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
            2 of 4 hosts at 1.1-b; different: web3
              host              current     previous  staged     free     agent  lock
              web1              1.1-b       1.0-a     -          93.2 GB  0.1.0  -
              web2.example.com  1.1-b       -         1.10-c +2  3.2 GB   0.1.0  deployer pid 7
              web3              1.0-a       -         1 partial  12.0 MB  0.1.0  -
              web4              MURDER0201  -         -          -        -      -
            """,
            StatusTable.Format(hosts));
    }

    [Fact]
    public void Hosts_without_a_release_agree_as_well() =>
        Assert.Equal("1 of 1 host have no active release", StatusTable.Summarize([new("web1", null, null, [], [], 1, null, null)]));

    [Fact]
    public void Nobody_answered() =>
        Assert.Equal("none of 1 host answered", StatusTable.Summarize([new("web1", null, null, [], [], 0, null, new Problem("MURDER0201", "x", "y"))]));
}
