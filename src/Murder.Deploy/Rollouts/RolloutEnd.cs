using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Tells how a rollout ended: each host that failed, and then what that makes of the whole.</summary>
internal static class RolloutEnd
{
    public static void Report(DeploymentPlan plan, Rollout rollout, DeployerPorts? ports, IDeploymentLog log)
    {
        int failed = 0;
        for (int index = 0; index < plan.Hosts.Count; index++)
        {
            HostProgress host = rollout.Hosts[index];
            if (IsToTell(host))
            {
                failed++;
                Problem problem = HostProblems.From(plan.Hosts[index], host.Failure!.Value, host.WhatHappened, ports);
                log.Report(rollout.HasSucceeded ? RolloutProblems.LeftOut(problem) : problem);
            }
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

    /// <summary>That a host was not done yet when the deploy was cancelled goes without saying, unless it is known not to run what it ran.</summary>
    private static bool IsToTell(HostProgress host) => host.HasFailed && (host.Failure != HostFailure.Cancelled || host.IsAstray);
}
