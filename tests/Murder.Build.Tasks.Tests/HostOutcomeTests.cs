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

    [Fact]
    public void Targets_that_hook_in_get_the_hosts_as_items()
    {
        ITaskItem item = HostOutcome.ToItems([s_bad])[0];

        Assert.Equal(("web2", "Failed", "MURDER0201"), (item.ItemSpec, item.GetMetadata("State"), item.GetMetadata("Code")));
    }

    private static HostReport Host(string name, HostState state) => new(name) { Address = "10.0.0.1", State = state };
}
