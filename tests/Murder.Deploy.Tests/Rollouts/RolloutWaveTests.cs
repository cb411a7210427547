using CsCheck;
using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy.Tests;

public sealed class RolloutWaveTests
{
    [Fact]
    public void AWaveBeginsWhenTheOneBeforeIsActive()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 4, waves: "1;50%");

        Assert.Equal(["activate 0"], script.Orders);
        Assert.Equal([], script.Switched(0));
        Assert.Equal(["activate 1"], script.Activated(0));
        Assert.Equal(["activate 2", "activate 3"], script.Activated(1));
        script.Activated(2);
        Assert.Equal(["stop 0", "stop 1", "stop 2", "stop 3"], script.Activated(3));
        Assert.Equal((3, 3), (script.Rollout.WavesBegun, script.Rollout.WaveCount));
    }

    [Fact]
    public void ACanaryThatFailsItsGateGoesBackAndNobodyElseIsTouched()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 3, waves: "1;100%");
        script.Switched(0);

        Assert.Equal(["rollback 0"], script.Failed(0, HostFailure.Unhealthy));
        Assert.Equal(["stop 0", "stop 1", "stop 2"], script.Activated(0));
        Assert.Equal(["RolledBack", "Staged", "Staged"], States(script));
        Assert.Equal(HostFailure.Unhealthy, script.Rollout.Hosts[0].Failure);
        Assert.Equal("why; it runs old again", script.Rollout.Hosts[0].WhatHappened);
        Assert.False(script.Rollout.HasSucceeded);
    }

    [Fact]
    public void WhenTooManyFailEveryHostThatWasSwitchedGoesBack()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 4, waves: "50%");
        script.Activated(0);
        script.Activated(1);
        script.Switched(2);
        Assert.Equal(["rollback 2"], script.Failed(2, HostFailure.Unhealthy));

        Assert.Equal([], script.Activated(2));
        Assert.Equal(["rollback 0", "rollback 1", "rollback 3"], script.Activated(3));
        script.Activated(0);
        script.Activated(3);
        Assert.Equal(["stop 0", "stop 1", "stop 2", "stop 3"], script.Activated(1));
        Assert.All(script.Rollout.Hosts, host => Assert.Equal((HostState.RolledBack, false), (host.State, host.IsSwitched)));
        Assert.True(script.Rollout.HasRolledBack);
    }

    [Fact]
    public void AHostThatMayFailGoesBackAloneAndTheOthersGoOn()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 3, failedHostsMax: 1, waves: "1;2;100%");
        Assert.Equal(["activate 1"], script.Activated(0));
        script.Switched(1);
        Assert.Equal(["rollback 1"], script.Failed(1, HostFailure.Unhealthy));

        Assert.Equal(["activate 2"], script.Activated(1));
        script.Activated(2);
        Assert.True(script.Rollout.HasSucceeded);
        Assert.Equal(["Active", "RolledBack", "Active"], States(script));
    }

    [Fact]
    public void AHostThatFailsBeforeItWasSwitchedHasNowhereToGoBackTo()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 2, failedHostsMax: 1);

        Assert.Equal(["stop 0"], script.Failed(0, HostFailure.HookFailed));
        Assert.Equal(["stop 1"], script.Activated(1));
    }

    [Fact]
    public void WithStopNothingGoesBackAndNoFurtherWaveBegins()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 3, waves: "1;2;100%", onFailure: FailurePolicy.Stop);
        script.Activated(0);
        script.Switched(1);

        Assert.Equal(["stop 1", "stop 0", "stop 2"], script.Failed(1, HostFailure.Unhealthy));
        Assert.Equal(["Active", "Failed", "Staged"], States(script));
        Assert.True(script.Rollout.Hosts[1].IsSwitched);
        Assert.False(script.Rollout.HasRolledBack);
    }

    [Fact]
    public void AnAgentThatIsGoneCannotBeTakenBackAndItsHostIsNamed()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 2, waves: "1;100%");
        script.Activated(0);
        script.Lost(0);
        script.Switched(1);
        script.Failed(1, HostFailure.Unhealthy);

        Assert.Equal(["stop 1"], script.Activated(1));
        Assert.Equal((HostFailure.AgentLost, true), (script.Rollout.Hosts[0].Failure!.Value, script.Rollout.Hosts[0].IsAstray));
        Assert.Contains("current points to the new release", script.Rollout.Hosts[0].WhatHappened, StringComparison.Ordinal);
    }

    [Fact]
    public void AWayBackThatFailsIsSaidBesideTheFirstReason()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 1);
        script.Switched(0);
        script.Failed(0, HostFailure.Unhealthy);

        Assert.Equal(["stop 0"], script.Failed(0, HostFailure.ServiceFailed));
        Assert.Equal(HostFailure.Unhealthy, script.Rollout.Hosts[0].Failure);
        Assert.Equal("why; and it could not be taken back: why; current points to the new release", script.Rollout.Hosts[0].WhatHappened);
    }

    [Theory]
    [InlineData("/opt/web-1", false, "it ran /opt/web-1 before, which is no release of ours")]
    [InlineData(null, true, "it ran this release before, and no other is known")]
    public void AHostIsNotTakenBackToWhatWeCannotActivate(string? previous, bool wasActive, string told)
    {
        RolloutScript script = RolloutScript.Activating(hosts: 1);
        script.Say(new RolloutInput.Switched(0, previous, wasActive));

        Assert.Equal(["stop 0"], script.Failed(0, HostFailure.Unhealthy));
        Assert.True(script.Rollout.Hosts[0].IsAstray);
        Assert.Contains($"why; and it could not be taken back: {told}", script.Rollout.Hosts[0].WhatHappened, StringComparison.Ordinal);
    }

    [Fact]
    public void AHostThatRanTheReleaseBeforeIsNotTakenBackForAnothersFault()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 2);
        script.Say(new RolloutInput.Switched(0, "1.0.0-old", WasActive: true));
        script.Say(new RolloutInput.Activated(0));
        script.Switched(1);
        script.Failed(1, HostFailure.Unhealthy);

        Assert.Equal(["stop 0", "stop 1"], script.Activated(1));
        Assert.Equal(["Active", "RolledBack"], States(script));
    }

    [Fact]
    public void AnAnswerFromTheWayBackThatComesLateIsNoSuccessOfTheRelease()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 2);
        script.Activated(0);
        script.Switched(1);
        script.Failed(1, HostFailure.Unhealthy);
        script.Activated(1);
        Assert.Equal(RolloutPhase.RollingBack, script.Rollout.Phase);
        script.Cancel();
        script.Wait(Rollout.WayBackPatience);
        Assert.Equal(["abort 0", "abort 1"], script.Orders);

        script.Activated(0);

        Assert.Equal((HostState.RolledBack, HostFailure.Cancelled, 2), (script.Rollout.Hosts[0].State, script.Rollout.Hosts[0].Failure!.Value, script.Rollout.FailedCount));
        Assert.False(script.Rollout.Hosts[0].IsAstray);
    }

    /// <summary>One dead host may be allowed for, but then a canary that fails must not pass for it.</summary>
    [Fact]
    public void AFirstWaveInWhichNobodyPassedEndsTheDeployHoweverManyMayFail()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 3, failedHostsMax: 2, waves: "1;100%");
        script.Switched(0);
        script.Failed(0, HostFailure.Unhealthy);

        Assert.Equal(["stop 0", "stop 1", "stop 2"], script.Activated(0));
        Assert.Equal(["RolledBack", "Staged", "Staged"], States(script));
        Assert.False(script.Rollout.HasSucceeded);
        Assert.True(script.Rollout.HasRolledBack);
    }

    [Fact]
    public void AWaveInWhichSomebodyPassedIsFollowedByTheNext()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 3, failedHostsMax: 1, waves: "2;100%");
        script.Switched(0);
        script.Failed(0, HostFailure.Unhealthy);
        script.Activated(0);

        Assert.Equal(["activate 2"], script.Activated(1));
    }

    [Fact]
    public void AWayBackThatIsCancelledIsGoneToItsEnd()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 2);
        script.Activated(0);
        script.Switched(1);
        script.Failed(1, HostFailure.Unhealthy);
        script.Activated(1);

        Assert.Equal(["cancel launches"], script.Cancel());
        Assert.Equal(["abort 0", "abort 1"], script.Activated(0));

        Assert.Equal(["RolledBack", "RolledBack"], States(script));
        Assert.Equal("MURDER0605", RolloutEnd.ProblemOf(TestPlan.For([new TargetHost("a") { Address = "a", Root = "/a" }, new TargetHost("b") { Address = "b", Root = "/b" }]), script.Rollout)!.Code);
    }

    /// <summary>An operator who repeats a deploy while a database is down must not get the release before the one that ran for days.</summary>
    [Fact]
    public void AHostThatRanTheReleaseInGoodOrderBeforeStaysAtItWhateverItsGatesSay()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 2);
        script.Say(new RolloutInput.Switched(0, "1.0.0-old", WasActive: true, WasSettled: true));
        script.Say(new RolloutInput.Switched(1, "1.0.0-old", WasActive: true, WasSettled: true));

        Assert.Equal(["stop 0"], script.Failed(0, HostFailure.Unhealthy));
        Assert.Equal(["stop 1"], script.Failed(1, HostFailure.Unhealthy));
        Assert.Equal(["Failed", "Failed"], States(script));
        Assert.False(script.Rollout.Hosts[0].IsAstray);
        Assert.Equal("why; it runs this release since before the deploy, which left it there", script.Rollout.Hosts[0].WhatHappened);
    }

    [Fact]
    public void ALateWordThatTheReleaseRunsIsNoSuccessOnceAllWentBack()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 1);
        script.Wait(Rollout.ActivationPatience);
        Assert.True(script.Rollout.HasRolledBack);

        script.Activated(0);

        Assert.Equal((HostState.Failed, HostFailure.ActivationTimedOut), (script.Rollout.Hosts[0].State, script.Rollout.Hosts[0].Failure!.Value));
        Assert.True(script.Rollout.Hosts[0].IsAstray);
        Assert.Contains("current points to the new release", script.Rollout.Hosts[0].WhatHappened, StringComparison.Ordinal);
    }

    [Fact]
    public void AHostThatIsLostBeforeItSaysThatItSwitchedMayHave()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 1);
        script.Lost(0);

        Assert.True(script.Rollout.Hosts[0].IsAstray);
        Assert.Contains("not known what current points to", script.Rollout.Hosts[0].WhatHappened, StringComparison.Ordinal);
    }

    [Fact]
    public void ACancelledWaveGoesNoFurther()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 2, waves: "1;100%");
        script.Switched(0);

        Assert.Equal(["cancel launches", "abort 0", "abort 1"], script.Cancel());
        script.Left(0);
        Assert.Equal(["finished"], script.Left(1));
        Assert.Equal([HostFailure.Cancelled, HostFailure.Cancelled], script.Rollout.Hosts.Select(host => host.Failure!.Value));
        Assert.Contains("switched", script.Rollout.Hosts[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void AHostThatStaysSilentOnItsWayBackIsGivenUp()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 1);
        script.Switched(0);
        script.Failed(0, HostFailure.Unhealthy);

        script.Wait(Rollout.ActivationPatience);
        Assert.Equal(["stop 0"], script.Orders);
        Assert.True(script.Rollout.Hosts[0].IsSwitched);
    }

    /// <summary>Ten thousand hosts, of which some are dead, some slow to answer and some fail, in any order: what may never happen does not.</summary>
    [Fact]
    public void NoMoreHostsAreDownThanAWaveHasAndNeverAreTwoReleasesLeftLive() => Gen.Select(Gen.Int[0, 200], Gen.Bool, Gen.ULong).Sample(
        (allowed, isBad, seed) => PlayAtLarge(hosts: 10_000, allowed, isBad, new SwarmRandom(seed)), iter: 20);

    private static void PlayAtLarge(int hosts, int allowed, bool isBad, SwarmRandom random)
    {
        RolloutScript script = new(hosts, failedHostsMax: allowed, launchesMax: hosts, waves: "1;1%;10%;50%", zones: 10);
        Rollout rollout = script.Rollout;
        List<string> pending = [.. script.Orders];
        int begun = 0;
        while (pending.Count > 0)
        {
            string order = TakeAny(pending, random);
            int host = int.Parse(order.Split(' ')[1]);
            pending.AddRange((order.Split(' ')[0], random.Next(1000)) switch
            {
                ("launch", < 5) => script.LaunchFailed(host),
                ("launch", _) => script.Ready(host),
                ("fetch", < 3) => script.Lost(host),
                ("fetch", < 6) => script.Failed(host),
                ("fetch", _) => script.Staged(host),
                ("activate", < 2) => script.Lost(host),
                ("activate", < 4) => script.Failed(host, HostFailure.HookFailed),
                ("activate", < 6) => [.. script.Switched(host), .. script.Failed(host, HostFailure.Unhealthy)],
                ("activate", _) when isBad && random.Next(2) == 0 => [.. script.Switched(host), .. script.Failed(host, HostFailure.Unhealthy)],
                ("rollback", < 2) => script.Lost(host),
                ("activate" or "rollback", _) => script.Activated(host),
                _ => script.Left(host),
            });
            pending.RemoveAll(next => next == "finished");
            if (rollout.WavesBegun > begun)
            {
                begun = rollout.WavesBegun;
                RequireShare(rollout, begun);
            }
        }

        Assert.Equal(RolloutPhase.Finished, rollout.Phase);
        if (rollout.HasRolledBack)
        {
            Assert.All(rollout.Hosts, host => Assert.True(!host.IsSwitched || host.IsAstray, "a host runs the new release, and nobody says so"));
        }
        else if (rollout.HasSucceeded)
        {
            Assert.All(rollout.Hosts, host => Assert.True(host.State == HostState.Active || host.HasFailed));
        }
    }

    private static void RequireShare(Rollout rollout, int wave)
    {
        int ordered = rollout.Hosts.Count(host => host.Wave is not null);
        int staged = rollout.Hosts.Count(host => host.StagedAt is not null); // some of them failed since
        double[] shares = [1.0 / staged, 0.01, 0.1, 0.5, 1];
        Assert.True(ordered <= Math.Ceiling(shares[wave - 1] * staged), $"{ordered} of {staged} hosts were touched by wave {wave}");
        Assert.DoesNotContain(rollout.Hosts, host => host.Wave < wave && host.State == HostState.Activating);
    }

    private static string TakeAny(List<string> pending, SwarmRandom random)
    {
        int at = random.Next(pending.Count);
        string order = pending[at];
        pending[at] = pending[^1];
        pending.RemoveAt(pending.Count - 1);
        return order;
    }

    private static IEnumerable<string> States(RolloutScript script) => script.Rollout.Hosts.Select(host => host.State.ToString());
}
