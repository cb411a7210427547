using Murder.PeerHost.Contract;

namespace Murder.Deploy.Tests;

public sealed class RepairHostsTests
{
    [Fact]
    public void HostsThatWereLeftOutAreNamedSoThatTheSameCommandGoesToJustThem()
    {
        TargetHost known = new("web1") { Address = "10.0.0.1", Root = "/srv/web", User = "deploy", Groups = ["prod"] };
        TargetHost literal = new("web2:2222") { Address = "web2", Port = 2222, Root = "/srv/web", User = "ann" };
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
