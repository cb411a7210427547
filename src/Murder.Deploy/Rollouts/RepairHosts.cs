namespace Murder.Deploy;

/// <summary>What to give to <c>Hosts</c> so that the same command goes to just those hosts that a rollout left out.</summary>
internal static class RepairHosts
{
    /// <summary>A command line that people can copy; who has lost more hosts mends the group.</summary>
    private const int HostsMax = 50;

    /// <summary>Null when none was left out, or when they cannot be named one by one.</summary>
    public static string? Of(DeploymentPlan plan, Rollout rollout)
    {
        TargetHost[] leftOut = [.. plan.Hosts.Where((_, index) => rollout.Hosts[index].HasFailed)];
        return leftOut.Length is 0 or > HostsMax || leftOut.Any(host => host.IsLocal) ? null : string.Join('+', leftOut.Select(host => host.Word));
    }
}
