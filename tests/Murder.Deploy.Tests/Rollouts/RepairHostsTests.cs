using Murder.PeerHost.Contract;

namespace Murder.Deploy.Tests;

public sealed class RepairHostsTests
{
    private const string Inventory = "[prod]\nweb[1:9]\n[prod:vars]\nansible_user=deploy\n";

    /// <summary>Without it the advice led to another login, and perhaps another sshd.</summary>
    [Theory]
    [InlineData("prod+!web[2:9]", "web1")]
    [InlineData("admin@web1:2222", "admin@web1:2222")]
    [InlineData("web1:2222", "web1:2222")]
    [InlineData("admin@web[1:2]", "admin@web1+admin@web2")]
    [InlineData("ann@other", "ann@other")]
    [InlineData("other:22", "other:22")]
    [InlineData("[2001:db8::1]:2222+ann@[2001:db8::2]", "[2001:db8::1]:2222+ann@2001:db8::2")]
    public void WhatTheCommandLineSaidOfAHostIsSaidAgain(string hosts, string expected)
    {
        IReadOnlyList<TargetHost> resolved = Resolving.Resolve(hosts, Inventory).Hosts;
        DeploymentPlan plan = TestPlan.For([.. resolved]);
        Rollout rollout = new(plan);
        for (int index = 0; index < resolved.Count; index++)
        {
            rollout.Handle(new RolloutInput.LaunchFailed(index, HostFailure.Unreachable, "why"), default);
        }

        string? repair = RepairHosts.Of(plan, rollout);

        Assert.Equal(expected, repair);
        Assert.Equal(resolved.Select(Login), Resolving.Resolve(repair!, Inventory).Hosts.Select(Login));

        static string Login(TargetHost host) => $"{host.Name}: {host.User}@{host.Address}:{host.Port}";
    }

    [Fact]
    public void HostsThatWereLeftOutAreNamedSoThatTheSameCommandGoesToJustThem()
    {
        TargetHost known = new("web1") { Address = "10.0.0.1", Root = "/srv/web", User = "deploy", Groups = ["prod"] };
        TargetHost literal = new("web2:2222") { Word = "ann@web2:2222", Address = "web2", Port = 2222, Root = "/srv/web", User = "ann" };
        TargetHost good = new("web3") { Address = "10.0.0.3", Root = "/srv/web" };
        DeploymentPlan plan = TestPlan.For(known, literal, good) with { FailedHostsMax = 2 };
        Rollout rollout = new(plan);
        Assert.Null(RepairHosts.Of(plan, rollout));

        rollout.Handle(new RolloutInput.LaunchFailed(0, HostFailure.Unreachable, "why"), default);
        rollout.Handle(new RolloutInput.LaunchFailed(1, HostFailure.Unreachable, "why"), default);

        Assert.Equal("web1+ann@web2:2222", RepairHosts.Of(plan, rollout));
    }

    [Fact]
    public void ALocalHostCannotBeNamedAlone()
    {
        DeploymentPlan plan = TestPlan.For(new TargetHost("local01") { Address = "127.0.0.1", Root = "/l", IsLocal = true });
        Rollout rollout = new(plan);
        rollout.Handle(new RolloutInput.LaunchFailed(0, HostFailure.Bug, "why"), default);

        Assert.Null(RepairHosts.Of(plan, rollout));
    }
}
