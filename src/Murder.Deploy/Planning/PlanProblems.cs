namespace Murder.Deploy;

/// <summary>What a plan says of a deploy as a whole: MURDER0610, and the warning that goes with it. What it says of a host has that host's own code.</summary>
internal static class PlanProblems
{
    private const int GapsTold = 8;

    /// <summary>Everything that stands in the way, then what that comes to.</summary>
    public static void Report(FleetPlan plan, IDeploymentLog log)
    {
        foreach (Problem problem in plan.Hosts.SelectMany(host => host.Problems))
        {
            log.Report(plan.IsGood ? RolloutProblems.LeftOut(problem) : problem);
        }

        if (plan.Gaps.Count > 0)
        {
            log.Report(Unreached(plan.Gaps));
        }

        if (!plan.IsGood)
        {
            log.Report(plan.LockedCount > 0 ? WouldBeLockedOut(plan.LockedCount, plan.Hosts.Count) : WouldFail(plan.FailingCount, plan.Hosts.Count, plan.FailedHostsMax));
        }
    }

    private static Problem WouldFail(int failing, int hosts, int allowed) => new(
        "MURDER0610",
        $"A deploy would fail: on {failing} of {hosts} hosts something stands in the way, and MurderMaxFailedHosts allows {allowed}.",
        "Mend the hosts named above and plan again, or leave them out with '!host' in Hosts.");

    private static Problem WouldBeLockedOut(int locked, int hosts) => new(
        "MURDER0611",
        $"A deploy would end before it changed anything: another one holds {locked} of {hosts} hosts.",
        "Wait until it is done and plan again; or end it on the hosts, whatever it is doing there, with -p:MurderBreakLock=true.");

    private static Problem Unreached(IReadOnlyList<string> gaps) => new(
        "MURDER1605",
        $"Some ports cannot be reached, and a deploy would get along without them, but may take longer: {string.Join("; ", gaps.Take(GapsTold))}{(gaps.Count > GapsTold ? $"; and {gaps.Count - GapsTold} more" : "")}.",
        "Open the swarm's TCP ports (MurderPort and the eight after it) between the hosts. Towards this machine none has to be open: what hosts do not reach there comes over SSH (MurderReach=tunnel does not try).");
}
