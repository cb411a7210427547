using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Murder.Deploy;
using Murder.PeerHost.Contract;

namespace Murder.Build.Tasks.Tests;

public sealed class HostOutcomeTests
{
    private static readonly HostReport s_good = Host("web1", HostState.Active);

    private static readonly HostReport s_bad = Host("web2", HostState.Failed) with
    {
        Failure = HostFailure.Unreachable,
        Code = "MURDER0201",
        Detail = "no answer at 10.0.0.2:22.",
        Remedy = "Start sshd.",
    };

    [Fact]
    public void The_last_line_counts_the_hosts()
    {
        Assert.Equal("release 1 active on 1 host", HostOutcome.Describe("1", [s_good], HostState.Active));
        Assert.Equal("release 1 active on 1 of 2 hosts", HostOutcome.Describe("1", [s_good, s_bad], HostState.Active));
        Assert.Equal("release 1 staged on 2 hosts", HostOutcome.Describe("1", [Host("a", HostState.Staged), Host("b", HostState.Staged)], HostState.Staged));
    }

    /// <summary>A hook may tell a load balancer of them.</summary>
    [Fact]
    public void Targets_that_hook_in_get_only_hosts_at_the_goal_as_those_that_were_reached()
    {
        HostReport wentBack = Host("web3", HostState.RolledBack);

        ITaskItem reached = Assert.Single(HostOutcome.ReachedItems([s_bad, s_good, wentBack], HostState.Active));
        ITaskItem[] failed = HostOutcome.FailedItems([s_bad, s_good, wentBack], HostState.Active);

        Assert.Equal(("web1", "Active", "10.0.0.1"), (reached.ItemSpec, reached.GetMetadata("State"), reached.GetMetadata("Address")));
        Assert.Equal([("web2", "Failed", "MURDER0201", "no answer at 10.0.0.2:22."), ("web3", "RolledBack", "", "")],
            failed.Select(item => (item.ItemSpec, item.GetMetadata("State"), item.GetMetadata("Code"), item.GetMetadata("Reason"))));
    }

    [Fact]
    public void What_a_host_said_reaches_a_hook_as_it_is()
    {
        ITaskItem item = Assert.Single(HostOutcome.FailedItems([s_bad with { Detail = "100%3B; $(HOME)" }], HostState.Active));

        Assert.Equal("100%3B; $(HOME)", item.GetMetadata("Reason"));
    }

    private static HostReport Host(string name, HostState state) => new(name) { Address = "10.0.0.1", State = state };
}
