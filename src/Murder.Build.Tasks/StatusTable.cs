using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>The table of <c>MurderStatus</c>: one row a host, and first a sentence that says which hosts differ.</summary>
internal static class StatusTable
{
    private const string None = "-";
    private static readonly string[] s_header = ["host", "current", "previous", "staged", "free", "agent", "lock"];

    public static string Format(IReadOnlyList<HostStatus> hosts) => Summarize(hosts) + TextTable.Format([s_header, .. hosts.Select(ToRow)]);

    /// <summary>The release that most hosts run, and by name the hosts that do not.</summary>
    public static string Summarize(IReadOnlyList<HostStatus> hosts)
    {
        HostStatus[] known = [.. hosts.Where(host => host.Problem is null)];
        if (known.Length == 0)
        {
            return $"none of {Count(hosts.Count)} answered";
        }

        string? common = known.GroupBy(host => host.Current).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).First().Key;
        string[] different = [.. known.Where(host => host.Current != common).Select(host => host.Name)];
        string agreed = $"{known.Length - different.Length} of {Count(hosts.Count)} {(common is null ? "have no active release" : $"at {common}")}";
        return different.Length == 0 ? agreed : $"{agreed}; different: {string.Join(", ", different)}";
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
        })),
    ];

    private static string[] ToRow(HostStatus host) => host.Problem is not null
        ? [host.Name, host.Problem.Code, None, None, None, None, None]
        :
        [
            host.Name,
            host.Current ?? None,
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

    private static string Size(long bytes) => bytes >= 1_000_000_000 ? $"{bytes / 1e9:0.0} GB" : $"{bytes / 1e6:0.0} MB";

    private static string Count(int hosts) => hosts == 1 ? "1 host" : $"{hosts} hosts";
}
