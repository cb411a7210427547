using CsCheck;
using Murder.PeerHost.Contract;

namespace Murder.Deploy.Tests;

public sealed class RolloutTests
{
    [Fact]
    public void WithoutItsSeederADeployEndsAndHostsKeepWhatTheyHave()
    {
        RolloutScript script = new(hosts: 2);
        script.Ready(0);
        script.Ready(1);
        script.Staged(0);

        Assert.Equal(["cancel launches", "stop 0", "stop 1"], script.Say(new RolloutInput.SeederLost())); // not "abort", which would discard it

        script.Left(0);
        script.Left(1);
        Assert.Equal(RolloutPhase.Finished, script.Rollout.Phase);
        Assert.False(script.Rollout.HasSucceeded);
        Assert.False(script.Rollout.IsCancelled);
    }

    [Fact]
    public void OnceAllAreStagedTheSeederIsOfNoMoreUse()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 1);

        Assert.Equal([], script.Say(new RolloutInput.SeederLost()));
        script.Activated(0);

        Assert.True(script.Rollout.HasSucceeded);
    }

    [Fact]
    public void StagesEverywhereBeforeItActivatesAnywhere()
    {
        RolloutScript script = new(hosts: 2);

        Assert.Equal(["launch 0", "launch 1"], script.Orders);
        Assert.Equal(["fetch 1"], script.Ready(1));
        Assert.Equal([], script.Staged(1));
        Assert.Equal(["fetch 0"], script.Ready(0));
        Assert.Equal(["activate 0", "activate 1"], script.Staged(0));
        Assert.Equal([], script.Activated(0));
        Assert.Equal(["stop 0", "stop 1"], script.Activated(1));
        Assert.Equal([], script.Left(0));
        Assert.Equal(["finished"], script.Left(1));
        Assert.True(script.Rollout.HasSucceeded);
        Assert.Equal("old", script.Rollout.Hosts[0].PreviousRelease);
    }

    [Fact]
    public void StagingOnlyEndsWithoutActivation()
    {
        RolloutScript script = new(hosts: 1, RolloutGoal.Staged);
        script.Ready(0);

        Assert.Equal(["stop 0"], script.Staged(0));
        Assert.Equal(["finished"], script.Left(0));
        Assert.True(script.Rollout.HasSucceeded);
    }

    [Fact]
    public void ActivationOfAStagedReleaseFetchesNothing()
    {
        RolloutScript script = new(hosts: 2, RolloutGoal.Active);

        Assert.Equal(["lock 0"], script.Ready(0));
        Assert.Equal(["lock 1"], script.Ready(1));
        Assert.Equal([], script.Locked(1));
        Assert.Equal(["activate 0", "activate 1"], script.Locked(0));
    }

    [Fact]
    public void WhatIsStagedIsActivatedNowhereWhenAnotherDeployHoldsAHost()
    {
        RolloutScript script = new(hosts: 3, RolloutGoal.Active, failedHostsMax: 2);
        script.Ready(0);
        script.Ready(1);
        script.Locked(0);

        Assert.Equal(["cancel launches", "stop 0", "stop 1"], script.Failed(1, HostFailure.Locked));

        Assert.Equal(["stop 2"], script.Ready(2));
        Assert.True(script.Rollout.IsLockedOut);
        Assert.False(script.Rollout.HasSucceeded);
    }

    [Fact]
    public void AHostWhoseLockIsNeverAnsweredForIsLeftOut()
    {
        RolloutScript script = new(hosts: 2, RolloutGoal.Active, failedHostsMax: 1);
        script.Ready(0);
        script.Ready(1);
        script.Locked(0);

        Assert.Equal([], script.Wait(Rollout.HeadwayPatience - TimeSpan.FromSeconds(1)));
        Assert.Equal(["stop 1", "activate 0"], script.Wait(Rollout.LookInterval));
        Assert.Equal(HostFailure.StagingTimedOut, script.Rollout.Hosts[1].Failure);
    }

    /// <summary>Whatever may fail: the other deploy may be waiting for the hosts that this one holds.</summary>
    [Fact]
    public void AHostThatAnotherDeployHoldsEndsTheWholeDeployAtOnce()
    {
        RolloutScript script = new(hosts: 4, failedHostsMax: 3, launchesMax: 3);
        script.Ready(0);
        script.Ready(1);
        script.Staged(0);

        Assert.Equal(["cancel launches", "stop 0", "stop 1"], script.Failed(1, HostFailure.Locked));

        Assert.Equal(["stop 2"], script.Ready(2)); // it was on its way
        script.Left(0);
        script.Left(1);
        script.Left(2);
        Assert.Equal(["finished"], script.LaunchFailed(3));
        Assert.True(script.Rollout.IsLockedOut);
        Assert.False(script.Rollout.HasSucceeded);
        Assert.Equal([HostFailure.Cancelled, HostFailure.Locked, HostFailure.Cancelled, HostFailure.Cancelled], script.Rollout.Hosts.Select(host => host.Failure!.Value));
    }

    [Fact]
    public void AnUnreachableHostIsNamedWhileTheOthersAreStagedAndNothingIsActivated()
    {
        RolloutScript script = new(hosts: 3);
        script.LaunchFailed(1);
        script.Ready(0);
        script.Ready(2);
        script.Staged(0);

        Assert.Equal(["stop 0", "stop 2"], script.Staged(2));
        script.Left(0);
        script.Left(2);
        Assert.False(script.Rollout.HasSucceeded);
        Assert.Equal(["Staged", "Failed", "Staged"], script.Rollout.Hosts.Select(host => host.State.ToString()));
    }

    [Fact]
    public void AsManyHostsMayFailAsThePlanAllows()
    {
        RolloutScript script = new(hosts: 3, failedHostsMax: 1);
        script.LaunchFailed(1);
        script.Ready(0);
        script.Ready(2);
        script.Staged(0);

        Assert.Equal(["activate 0", "activate 2"], script.Staged(2));
        script.Activated(0);
        script.Activated(2);
        script.Left(0);
        script.Left(2);
        Assert.True(script.Rollout.HasSucceeded);
    }

    [Fact]
    public void ADeployThatReachesNoHostHasFailedWhateverIsAllowed()
    {
        RolloutScript script = new(hosts: 1, failedHostsMax: 1);

        Assert.Equal(["finished"], script.LaunchFailed(0));
        Assert.False(script.Rollout.HasSucceeded);
    }

    [Fact]
    public void AnAgentThatFailsIsDismissedAtOnceAndOnlyOnce()
    {
        RolloutScript script = new(hosts: 2);
        script.Ready(0);
        script.Ready(1);

        Assert.Equal(["stop 0"], script.Failed(0));
        Assert.Equal([], script.Failed(0, HostFailure.StorageFailed));
        Assert.Equal(HostFailure.DiskFull, script.Rollout.Hosts[0].Failure);
        Assert.Equal(["stop 1"], script.Staged(1));
    }

    [Fact]
    public void AnAgentLostAfterItStagedKeepsTheReleaseFromBeingActivated()
    {
        RolloutScript script = new(hosts: 2);
        script.Ready(0);
        script.Ready(1);
        script.Staged(0);
        script.Lost(0);

        Assert.Equal(["stop 1"], script.Staged(1));
        Assert.Equal(HostFailure.AgentLost, script.Rollout.Hosts[0].Failure);
    }

    [Fact]
    public void AnAgentLostAfterItsHostIsActiveHarmsNothing()
    {
        RolloutScript script = new(hosts: 2);
        script.Ready(0);
        script.Ready(1);
        script.Staged(0);
        script.Staged(1);
        script.Activated(0);
        script.Lost(0);

        Assert.Equal(["stop 1"], script.Activated(1));
        Assert.Equal(["finished"], script.Left(1));
        Assert.True(script.Rollout.HasSucceeded);
    }

    [Fact]
    public void NoMoreHostsAreLaunchedAtOnceThanThePlanAllows()
    {
        RolloutScript script = new(hosts: 4, launchesMax: 2);

        Assert.Equal(["launch 0", "launch 1"], script.Orders);
        Assert.Equal(["launch 2"], script.LaunchFailed(0));
        Assert.Equal(["fetch 1", "launch 3"], script.Ready(1));
    }

    [Fact]
    public void CancellationAbortsEveryAgentAndWaitsForLaunchesUnderWay()
    {
        RolloutScript script = new(hosts: 3);
        script.Ready(0);
        script.Ready(1);
        script.Staged(1);

        Assert.Equal(["cancel launches", "abort 0", "abort 1"], script.Cancel());
        Assert.Equal([], script.Left(0));
        Assert.Equal([], script.Left(1));
        Assert.Equal(["abort 2"], script.Ready(2));
        Assert.Equal(["finished"], script.Left(2));
        Assert.False(script.Rollout.HasSucceeded);
        Assert.All(script.Rollout.Hosts, host => Assert.Equal(HostFailure.Cancelled, host.Failure));
    }

    [Fact]
    public void AgentsThatDoNotSayGoodbyeAreNotWaitedForForever()
    {
        RolloutScript script = new(hosts: 1);
        script.Ready(0);
        script.Cancel();

        Assert.Equal([], script.Wait(Rollout.StopPatience / 2));
        Assert.Equal(["finished"], script.Wait(Rollout.StopPatience));
        Assert.Equal(RolloutPhase.Finished, script.Rollout.Phase);
    }

    [Fact]
    public void AnActivationThatGoesThroughAfterACancelCountsAsWhatItIs()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 2);

        Assert.Equal(["cancel launches", "abort 0", "abort 1"], script.Cancel());
        script.Activated(0);
        script.Left(0);
        script.Left(1);

        Assert.Equal(["Active", "Failed"], script.Rollout.Hosts.Select(host => host.State.ToString()));
        Assert.Null(script.Rollout.Hosts[0].Failure);
        Assert.Equal(HostFailure.Cancelled, script.Rollout.Hosts[1].Failure);
        Assert.Equal(1, script.Rollout.FailedCount);
        Assert.False(script.Rollout.HasSucceeded);
    }

    [Fact]
    public void ACancelThatComesAfterTheLastActivationCancelsNothing()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 1);
        script.Activated(0);

        Assert.Equal([], script.Cancel());
        Assert.Equal(["finished"], script.Left(0));
        Assert.True(script.Rollout.HasSucceeded);
        Assert.False(script.Rollout.IsCancelled);
    }

    [Fact]
    public void AnAgentThatIsReadyAfterTheCancelStaysCancelled()
    {
        RolloutScript script = new(hosts: 1);
        script.Cancel();

        Assert.Equal(["abort 0"], script.Ready(0));
        Assert.Equal(HostState.Failed, script.Rollout.Hosts[0].State);
        Assert.Equal(["finished"], script.Left(0));
    }

    [Fact]
    public void AHostWhoseFetchMakesNoHeadwayIsGivenUpAndHoldsNobodyElse()
    {
        RolloutScript script = new(hosts: 2);
        script.Ready(0);
        script.Ready(1);
        script.Progressed(0, verified: 50);
        script.Staged(1);

        Assert.Equal([], script.Wait(Rollout.HeadwayPatience - Rollout.LookInterval));
        script.Progressed(0, verified: 50, uploaded: 1); // it still sends to others, but gets nothing
        Assert.Equal(["stop 0", "stop 1"], script.Wait(Rollout.LookInterval));
        Assert.Equal(HostFailure.StagingTimedOut, script.Rollout.Hosts[0].Failure);
    }

    [Theory]
    [InlineData(AgentWork.Checking)]
    [InlineData(AgentWork.Syncing)]
    public void AHostThatGetsOnIsWaitedForHoweverLongItTakes(AgentWork work)
    {
        RolloutScript script = new(hosts: 1, RolloutGoal.Staged);
        script.Ready(0);
        for (int done = 0; done < 10; done++)
        {
            Assert.Equal([], script.Wait(Rollout.HeadwayPatience - Rollout.LookInterval));
            script.Working(0, work, done);
        }

        Assert.Equal(["stop 0"], script.Wait(Rollout.HeadwayPatience));
        Assert.Contains(work == AgentWork.Checking ? "checked" : "synced", script.Rollout.Hosts[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void AnActivationWithoutAnAnswerIsGivenUpAndALateAnswerIsBelieved()
    {
        RolloutScript script = RolloutScript.Activating(hosts: 2, onFailure: FailurePolicy.Stop);
        script.Activated(0);

        Assert.Equal([], script.Wait(Rollout.ActivationPatience - Rollout.LookInterval));
        Assert.Equal(["stop 1", "stop 0"], script.Wait(Rollout.LookInterval));
        Assert.Equal(HostFailure.ActivationTimedOut, script.Rollout.Hosts[1].Failure);
        script.Activated(1);
        script.Left(0);
        Assert.Equal(["finished"], script.Left(1));
        Assert.True(script.Rollout.HasSucceeded);
    }

    [Fact]
    public void AStagedHostWaitsForTheOthersWithoutADeadline()
    {
        RolloutScript script = new(hosts: 2);
        script.Ready(0);
        script.Staged(0);

        Assert.Equal([], script.Wait(10 * Rollout.HeadwayPatience));
        Assert.Equal(HostState.Staged, script.Rollout.Hosts[0].State);
        Assert.Null(script.Rollout.NextTimeout);
    }

    [Fact]
    public void TheSumsAreThoseOfAllHosts()
    {
        RolloutScript script = new(hosts: 2);
        script.Ready(0);
        script.Ready(1);
        script.Progressed(0, verified: 10);
        script.Progressed(1, verified: 20);
        script.Progressed(0, verified: 40);

        Assert.Equal((60, 200), (script.Rollout.VerifiedBytes, script.Rollout.TotalBytes));
    }

    /// <summary>Whatever the hosts do, in whatever order: the rollout ends, and activates only when every host is staged or among the few that may fail.</summary>
    [Fact]
    public void EndsInOrderWhateverTheHostsDo() => Gen.Select(Gen.Int[1, 12], Gen.Int[0, 3], Gen.Int[1, 5], Gen.ULong).Sample((hosts, allowed, launches, seed) =>
    {
        RolloutScript script = new(hosts, failedHostsMax: allowed, launchesMax: launches);
        Swarm.SwarmRandom random = new(seed);
        List<string> pending = [.. script.Orders];
        int steps = 0;
        while (script.Rollout.Phase != RolloutPhase.Finished)
        {
            Assert.True(++steps < 1000, "the rollout does not end");
            Assert.NotEmpty(pending);
            string order = pending[random.Next(pending.Count)];
            pending.Remove(order);
            if (order == "cancel launches")
            {
                continue;
            }

            int host = int.Parse(order.Split(' ')[1]);
            if (order.StartsWith("activate", StringComparison.Ordinal))
            {
                Assert.True(script.Rollout.FailedCount <= allowed || script.Rollout.Phase == RolloutPhase.Activating);
            }

            pending.AddRange((order.Split(' ')[0], random.Next(8)) switch
            {
                ("launch", 0) => script.LaunchFailed(host),
                ("launch", _) => script.Ready(host),
                ("fetch", 0) => script.Failed(host),
                ("fetch", 1) => script.Lost(host),
                ("fetch", 2) when seed % 7 == 0 => script.Cancel(),
                ("fetch", _) => script.Staged(host),
                ("activate", 0) => script.Failed(host),
                ("activate", 1) => script.Lost(host),
                ("activate", 2) => [.. script.Switched(host), .. script.Failed(host)],
                ("activate", _) => script.Activated(host),
                ("rollback", 0) => script.Failed(host),
                ("rollback", 1) => script.Lost(host),
                ("rollback", _) => script.Activated(host),
                ("stop" or "abort", 0) => script.Lost(host),
                _ => script.Left(host),
            });
            pending.RemoveAll(next => next == "finished" || (!script.Rollout.Hosts[HostOf(next)].HasAgent && !next.StartsWith("launch", StringComparison.Ordinal)));
        }
    });

    private static int HostOf(string order) => order.Contains(' ') && int.TryParse(order.Split(' ')[1], out int host) ? host : 0;
}
