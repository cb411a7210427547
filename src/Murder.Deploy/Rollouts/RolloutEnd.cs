using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Tells how a rollout ended: each host that failed, and then what that makes of the whole.</summary>
internal static class RolloutEnd
{
    public static void Report(DeploymentPlan plan, Rollout rollout, DeployerPorts? ports, IDeploymentLog log)
    {
        int[] failing = [.. Enumerable.Range(0, plan.Hosts.Count).Where(index => IsToTell(rollout.Hosts[index]))];
        int failed = failing.Length;
        foreach (IGrouping<string, int> alike in failing.GroupBy(index => ReasonOf(plan.Hosts[index], rollout.Hosts[index])))
        {
            int first = alike.First();
            HostProgress host = rollout.Hosts[first];
            Problem problem = HostProblems.From(plan.Hosts[first], host.Failure!.Value, host.WhatHappened, ports);
            if (alike.Skip(1).Any())
            {
                problem = HostProblems.OfAll([.. alike.Select(index => plan.Hosts[index])], host.Failure!.Value, host.WhatHappened);
            }

            log.Report(rollout.HasSucceeded ? RolloutProblems.LeftOut(problem) : problem);
        }

        if (rollout.HasSucceeded && RepairHosts.Of(plan, rollout) is { } leftOut)
        {
            // A host's own release before is another one, once the fleet has gone back without it.
            string release = plan.IsRollback ? $" -p:MurderRelease={plan.Release}" : "";
            log.Milestone($"once mended, the same command with -p:Hosts={leftOut}{release} brings just {(failed == 1 ? "it" : "them")} to the same release");
        }

        if (ProblemOf(plan, rollout) is { } end)
        {
            log.Report(end);
        }
        else if (rollout is { IsCancelled: true, HasSucceeded: true })
        {
            log.Milestone($"the cancellation came too late: {rollout.Hosts.Count(host => host.State == HostState.Active)} of {plan.Hosts.Count} hosts run the new release");
        }
    }

    /// <summary>What is to be said of a rollout as a whole; null when it came to its goal, or was cancelled before anything changed.</summary>
    public static Problem? ProblemOf(DeploymentPlan plan, Rollout rollout)
    {
        int failed = rollout.Hosts.Count(IsToTell);
        int hosts = plan.Hosts.Count;
        int active = rollout.Hosts.Count(host => host.State == HostState.Active);
        int astray = rollout.Hosts.Count(host => host.IsAstray);
        if (rollout.HasSucceeded)
        {
            return null;
        }

        if (rollout.IsLockedOut)
        {
            return RolloutProblems.LockedOut(rollout.Hosts.Count(host => host.Failure == HostFailure.Locked), hosts);
        }

        if (rollout.HasRolledBack)
        {
            return astray > 0
                ? RolloutProblems.NotRolledBack(astray, hosts)
                : RolloutProblems.RolledBack(failed, hosts, plan.FailedHostsMax, rollout.Hosts.Count(host => host.State == HostState.RolledBack), rollout.Hosts.Count(host => host.WasActive && host.State != HostState.RolledBack));
        }

        if (rollout.IsCancelled)
        {
            return active + astray > 0 ? RolloutProblems.CancelledWhileActivating(active, astray, hosts) : null;
        }

        if (rollout.IsSeederLost)
        {
            return null; // that is told by whoever saw it end
        }

        return active + astray > 0
            ? RolloutProblems.NotActiveEverywhere(failed, hosts, active, astray)
            : RolloutProblems.TooManyFailed(failed, hosts, plan.FailedHostsMax);
    }

    /// <summary>Equal for hosts that fail together: a jump host that lets nobody in is one thing to mend, however many hosts are behind it.</summary>
    private static string ReasonOf(TargetHost host, HostProgress progress) =>
        progress.Failure == HostFailure.JumpFailed ? HostProblems.WithoutName(host, progress.WhatHappened) : $"only {host.Name}";

    /// <summary>That a host was not done yet when the deploy was cancelled goes without saying, unless it is known not to run what it ran.</summary>
    private static bool IsToTell(HostProgress host) => host.HasFailed && (host.Failure != HostFailure.Cancelled || host.IsAstray);
}
