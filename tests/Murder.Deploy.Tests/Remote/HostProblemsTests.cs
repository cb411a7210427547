using Murder.PeerHost.Contract;

namespace Murder.Deploy.Tests;

public sealed class HostProblemsTests
{
    private static readonly TargetHost s_host = new("web1") { Address = "10.0.0.1", Port = 2222, Root = "/srv/app" };

    public static TheoryData<HostFailure> Failures => [.. Enum.GetValues<HostFailure>()];

    [Theory]
    [MemberData(nameof(Failures))]
    public void Every_failure_has_a_code_names_the_host_and_says_what_to_do(HostFailure failure)
    {
        Problem problem = HostProblems.From(s_host, failure, "it did not work");

        Assert.Matches("^MURDER0[3459][0-9]{2}$", problem.Code);
        Assert.Contains("web1", problem.Text, StringComparison.Ordinal);
        Assert.EndsWith("it did not work.", problem.Text, StringComparison.Ordinal);
        Assert.EndsWith(".", problem.Remedy, StringComparison.Ordinal);
        Assert.False(problem.IsWarning);
    }

    [Fact]
    public void No_two_failures_share_a_code() =>
        Assert.Distinct(Enum.GetValues<HostFailure>().Select(HostProblems.CodeOf));

    [Fact]
    public void A_detail_that_begins_with_the_host_does_not_name_it_twice() =>
        Assert.Equal(
            "MURDER0311: Agent lost on web1: the agent ended with exit code 3. ",
            HostProblems.From(s_host, new HostException(HostFailure.AgentLost, "web1: the agent ended with exit code 3")).ToString()[..66]);

    [Fact]
    public void AStalledSwarmNamesThePortsOfThisMachine()
    {
        string remedy = HostProblems.From(new TargetHost("web1") { Address = "192.0.2.1", Root = "/srv/web" }, HostFailure.SwarmStalled, "no byte", new DeployerPorts(6883, 40123)).Remedy;

        Assert.Contains("6883", remedy, StringComparison.Ordinal);
        Assert.Contains("40123", remedy, StringComparison.Ordinal);
    }

    /// <summary>Neither ssh-keyscan nor a connection of our own gets there.</summary>
    [Fact]
    public void WhatToDoAboutAHostBehindAJumpHostWorksFromHere()
    {
        TargetHost behind = s_host with { Ssh = new SshConfig { HostName = "10.0.0.1", Port = 2222, User = "ann", ProxyJump = "bastion", ConfigFile = "/etc/ci/ssh config" } };

        string key = HostProblems.From(behind, HostFailure.HostKeyUnknown, "no").Remedy;
        string port = HostProblems.From(behind, HostFailure.Unreachable, "no").Remedy;

        Assert.Contains("'ssh -o StrictHostKeyChecking=ask -F '/etc/ci/ssh config' -p 2222 10.0.0.1'", key, StringComparison.Ordinal);
        Assert.DoesNotContain("keyscan", key, StringComparison.Ordinal);
        Assert.Contains("the jump host (bastion): ssh -v -F", port, StringComparison.Ordinal);
    }
}
