namespace Murder.Deploy;

/// <summary>What a fleet goes back to, by what its hosts say.</summary>
internal static class PreviousRelease
{
    /// <summary>Hosts that cannot be asked or have nothing to go back to do not count, as long as they are few enough to be left out of a rollout.</summary>
    /// <exception cref="DeploymentException">they are not, or the others do not agree: nothing was changed</exception>
    public static string Find(IReadOnlyList<HostStatus> hosts, int failedHostsMax)
    {
        List<Problem> problems = [.. hosts.Select(host => host.Problem).OfType<Problem>()];
        HostStatus[] asked = [.. hosts.Where(host => host.Problem is null)];
        string[] without = [.. asked.Where(host => host.Previous is null).Select(host => host.Name)];
        if (without.Length > 0)
        {
            problems.Add(RolloutProblems.NothingToGoBackTo(without));
        }

        int leftOut = hosts.Count - asked.Length + without.Length;
        if (leftOut <= failedHostsMax && without.Length < asked.Length)
        {
            problems.Clear(); // the rollout will meet them, and tell
        }
        else if (asked.Length < hosts.Count)
        {
            problems.Add(RolloutProblems.NotAsked(hosts.Count - asked.Length, hosts.Count, failedHostsMax, leftOut));
        }

        IGrouping<string, string>[] releases = [.. asked
            .Where(host => host.Previous is not null)
            .GroupBy(host => host.Previous!, host => host.Name)
            .OrderByDescending(hosts => hosts.Count())];
        if (releases.Length > 1)
        {
            problems.Add(RolloutProblems.PreviousDiffers(releases));
        }

        return problems.Count == 0 ? releases[0].Key : throw new DeploymentException(problems);
    }
}
