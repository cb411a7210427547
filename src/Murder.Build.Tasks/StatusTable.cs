using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>The table of <c>MurderStatus</c>: one row a host, and first a sentence that says which hosts differ.</summary>
internal static class StatusTable
{
    private const string None = "-";
    private static readonly string[] s_header = ["host", "current", "previous", "staged", "free", "agent", "lock"];

    public static string Format(IReadOnlyList<HostStatus> hosts)
    {
        bool isVerified = hosts.Any(host => host.Verification is not null);
        string[] header = isVerified ? [.. s_header, "verified"] : s_header;
        return Summarize(hosts) + TextTable.Format([header, .. hosts.Select(host => isVerified ? [.. ToRow(host), Verified(host)] : ToRow(host))]) + Releases(hosts);
    }

    /// <summary>What may be named in <c>MurderRelease</c>: all whole releases, and which hosts have them, since the table has room for one.</summary>
    private static string Releases(IReadOnlyList<HostStatus> hosts)
    {
        IEnumerable<string> lines = hosts
            .Where(host => host.Staged.Count > 0)
            .GroupBy(host => string.Join(", ", host.Staged), host => host.Name, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .Select(group => $"releases on {NameList.Of([.. group])}, oldest first: {group.Key}");
        return string.Concat(lines.Select(line => "\n" + line));
    }

    /// <summary>What most hosts run; then who runs something else, what, who did not answer, and whose release is not what was deployed: by name, as far as names say more than their number.</summary>
    public static string Summarize(IReadOnlyList<HostStatus> hosts)
    {
        HostStatus[] known = [.. hosts.Where(host => host.Problem is null)];
        if (known.Length == 0)
        {
            return $"none of {Count(hosts.Count)} answered";
        }

        IGrouping<string, string>[] releases =
        [
            .. known.GroupBy(host => host.Current is { } current ? $"at {current}" : "without an active release", host => host.Name)
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal),
        ];
        string[] parts =
        [
            $"{releases[0].Count()} of {Count(hosts.Count)} {releases[0].Key}",
            .. releases.Skip(1).Select(group => $"{NameList.Of([.. group])} {group.Key}"),
            .. Told("no answer from", hosts.Where(host => host.Problem is not null)),
            .. Told("activated half-way only:", known.Where(host => host.IsUnfinished)),
            .. Told("no longer as deployed:", known.Where(host => host.Verification is { DifferenceCount: > 0 })),
            .. Told("could not be checked:", known.Where(host => host.Verification is { Obstacle: not null })),
        ];
        return string.Join("; ", parts);
    }

    public static ITaskItem[] ToItems(IReadOnlyList<HostStatus> hosts) =>
    [
        .. hosts.Select(host => new TaskItem(host.Name, new Dictionary<string, string>
        {
            [nameof(host.Current)] = host.Current ?? "",
            [nameof(host.Previous)] = host.Previous ?? "",
            [nameof(host.Staged)] = string.Join(';', host.Staged),
            [nameof(host.FreeBytes)] = $"{host.FreeBytes}",
            [nameof(host.Agent)] = host.Agent,
            [nameof(host.LockedBy)] = host.LockedBy ?? "",
            ["Differences"] = host.Verification is { Obstacle: null } verification ? $"{verification.DifferenceCount}" : "",
        })),
    ];

    private static string[] ToRow(HostStatus host) => host.Problem is not null
        ? [host.Name, host.Problem.Code, None, None, None, None, None]
        :
        [
            host.Name,
            host.IsUnfinished ? $"{host.Current} (unfinished)" : host.Current ?? None,
            host.Previous ?? None,
            Staged(host),
            Size(host.FreeBytes),
            host.Agent.Length > 0 ? host.Agent : None,
            host.LockedBy ?? None,
        ];

    /// <summary>What neither runs nor ran last: the newest of the releases a person may still activate, how many more there are, and how many are half there.</summary>
    private static string Staged(HostStatus host)
    {
        string[] others = [.. host.Staged.Where(id => id != host.Current && id != host.Previous)]; // oldest first, as the host says
        List<string> parts = [];
        if (others.Length > 0)
        {
            parts.Add(others[^1]);
        }

        if (others.Length > 1)
        {
            parts.Add($"+{others.Length - 1}");
        }

        if (host.Partial.Count > 0)
        {
            parts.Add($"{host.Partial.Count} partial");
        }

        return parts.Count == 0 ? None : string.Join(' ', parts);
    }

    private static string Verified(HostStatus host) => host.Verification switch
    {
        null => None,
        { Obstacle: not null } => "?",
        { DifferenceCount: 0 } => "yes",
        { DifferenceCount: var count } => $"{count} {(count == 1 ? "difference" : "differences")}",
    };

    private static IEnumerable<string> Told(string what, IEnumerable<HostStatus> hosts)
    {
        string[] names = [.. hosts.Select(host => host.Name)];
        return names.Length == 0 ? [] : [$"{what} {NameList.Of(names)}"];
    }

    private static string Size(long bytes) => bytes >= 1_000_000_000 ? $"{bytes / 1e9:0.0} GB" : $"{bytes / 1e6:0.0} MB";

    private static string Count(int hosts) => hosts == 1 ? "1 host" : $"{hosts} hosts";
}
