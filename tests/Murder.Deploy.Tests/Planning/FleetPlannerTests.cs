using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy.Tests;

/// <summary>What answers come to, without a host.</summary>
public sealed class FleetPlannerTests
{
    private static readonly Release s_release = new(
        ReleaseId.Parse("1.0.0-x"), "/publish", MetainfoBuilder.Build("web", 16 * 1024, [new HashedFile("web", 10, IsExecutable: true, SymlinkTarget: null, [Hash256.Of([1])])]));

    private static readonly AgentSurveyed s_answer = new()
    {
        FetchBytes = 10,
        ReusedBytes = 0,
        NeededBytes = 4096,
        FreeBytes = 1_000_000,
        Current = null,
        Port = 6881,
        Findings = [],
    };

    [Fact]
    public void OneHostThatAnotherDeployHoldsEndsADeployHoweverManyMayFail()
    {
        DeploymentPlan plan = TestPlan.For(Host("web1"), Host("web2")) with { FailedHostsMax = 2 };

        FleetPlan locked = FleetPlanner.Plan(plan, s_release, Surveyed(plan, (0, HostFailure.Locked)), []);
        FleetPlan broken = FleetPlanner.Plan(plan with { BreaksLock = true }, s_release, Surveyed(plan, (0, HostFailure.Locked)), []);
        FleetPlan full = FleetPlanner.Plan(plan, s_release, Surveyed(plan, (0, HostFailure.DiskFull)), []);

        Assert.Equal((false, 1, 1), (locked.IsGood, locked.LockedCount, locked.FailingCount));
        Assert.Equal((true, 0, 0), (broken.IsGood, broken.LockedCount, broken.FailingCount));
        Assert.Equal((true, 0, 1), (full.IsGood, full.LockedCount, full.FailingCount));
        Assert.Equal(["MURDER0401", "MURDER0611"], Reported(locked).Select(problem => problem.Code));
        Assert.Empty(Reported(broken));
        Assert.Equal(["MURDER1601"], Reported(full).Select(problem => problem.Code));
    }

    [Fact]
    public void AHostThatIsCutOffIsToldWhatItDoesNotReachAndOthersAreOnlyWarnedOf()
    {
        DeploymentPlan plan = TestPlan.For(Host("web1"), Host("web2"), Host("web3"));
        ReachAttempt[] attempts =
        [
            new(0, ReachTarget.Host, 1, "10.0.0.2:6881", "timed out"),
            new(0, ReachTarget.Seeder, -1, "10.0.0.9:6881", "refused"),
            new(1, ReachTarget.Host, 2, "10.0.0.3:6881", "timed out"),
            new(1, ReachTarget.Seeder, -1, "10.0.0.9:6881", null),
            new(2, ReachTarget.Seeder, -1, "10.0.0.9:6881", null),
        ];

        FleetPlan result = FleetPlanner.Plan(plan with { Reach = SwarmReach.Direct }, s_release, Surveyed(plan), attempts);
        FleetPlan tunnelled = FleetPlanner.Plan(plan, s_release, Surveyed(plan), attempts);

        Assert.Equal(
            "Swarm stalled on web1: it cannot reach web2's swarm port at 10.0.0.2:6881 (timed out); it cannot reach this machine, where the seeder listens, at 10.0.0.9:6881 (refused).",
            Assert.Single(result.Hosts[0].Problems).Text);
        Assert.Equal("web2 does not reach web3's swarm port at 10.0.0.3:6881 (timed out)", Assert.Single(result.Gaps));
        Assert.Equal([null, 1, 1], result.Hosts.Select(host => host.Wave));
        Assert.Equal(["MURDER0407", "MURDER1605", "MURDER0610"], Reported(result).Select(problem => problem.Code));
        Assert.Equal(3, tunnelled.Gaps.Count);
        Assert.Equal(["MURDER1605"], Reported(tunnelled).Select(problem => problem.Code));
    }

    [Fact]
    public void TheTimeIsReckonedWithTheSlowestThatIsKnownAndSaysWhichThatIs()
    {
        DeploymentPlan plan = TestPlan.For(Host("web1"), Host("web2"));
        RateLimit limit = Assert.IsType<RateLimit>(RateLimit.TryParse("100Mbit", out RateLimit parsed) ? parsed : null);

        Assert.Equal((1_000_000_000, RateBasis.Links), Rate(plan, 10_000_000_000, 1_000_000_000));
        Assert.Equal((1_000_000_000, RateBasis.SomeLinks), Rate(plan, null, 1_000_000_000));
        Assert.Equal((100_000_000, RateBasis.Limit), Rate(plan with { RateLimit = limit }, null, 1_000_000_000));
        Assert.Equal((10_000_000, RateBasis.SomeLinks), Rate(plan with { RateLimit = limit }, null, 10_000_000));
        Assert.Equal((100_000_000, RateBasis.Limit), Rate(plan with { RateLimit = limit }, null, null));
        Assert.Equal((null, RateBasis.Unknown), Rate(plan, null, null));
    }

    /// <summary>What hosts cannot bring to each other goes over one link, one copy after the other; that all reach the seeder is no help.</summary>
    [Fact]
    public void HostsThatDoNotReachEachOtherTakeACopyEach()
    {
        DeploymentPlan plan = TestPlan.For(Host("web1"), Host("web2"), Host("web3"));
        SurveyedHost[] hosts = [.. plan.Hosts.Select(host => new SurveyedHost(host) { Answer = s_answer with { FetchBytes = 10_000_000 }, LinkBitsPerSecond = 100_000_000 })];
        ReachAttempt[] all = [.. from one in Enumerable.Range(0, 3) from other in Enumerable.Range(0, 3) where one != other select new ReachAttempt(one, ReachTarget.Host, other, "", Failure: null)];
        ReachAttempt[] none = [.. all.Select(attempt => attempt with { Failure = "timed out" }), .. Enumerable.Range(0, 3).Select(host => new ReachAttempt(host, ReachTarget.Seeder, -1, "", Failure: null))];
        ReachAttempt[] two = [.. none[..6].Select(attempt => attempt is { From: 0, To: 1 } ? attempt with { Failure = null } : attempt)];

        FleetPlan[] plans = [.. new[] { all, two, none, [] }.Select(attempts => FleetPlanner.Plan(plan, s_release, hosts, attempts))];

        Assert.Equal([1, 2, 3, 1], plans.Select(each => each.CopyCount));
        Assert.Equal(plans[0].Bound + TimeSpan.FromSeconds(2 * 0.8), plans[2].Bound);
    }

    private static List<Problem> Reported(FleetPlan plan)
    {
        using DeployFixture log = new(largeFileBytes: 0);
        PlanProblems.Report(plan, log);
        return log.Problems;
    }

    private static (long? Rate, RateBasis Basis) Rate(DeploymentPlan plan, params long?[] links)
    {
        FleetPlan result = FleetPlanner.Plan(plan, s_release, [.. plan.Hosts.Select((host, index) => new SurveyedHost(host) { Answer = s_answer, LinkBitsPerSecond = links[index] })], []);
        return (result.BitsPerSecond, result.RateBasis);
    }

    private static SurveyedHost[] Surveyed(DeploymentPlan plan, params (int Host, HostFailure Failure)[] findings)
    {
        SurveyedHost[] hosts = [.. plan.Hosts.Select(host => new SurveyedHost(host) { Answer = s_answer })];
        foreach ((int host, HostFailure failure) in findings)
        {
            hosts[host].Fail(failure, "something");
        }

        return hosts;
    }

    private static TargetHost Host(string name) => new(name) { Address = "10.0.0.1", Root = "/srv/web" };
}
