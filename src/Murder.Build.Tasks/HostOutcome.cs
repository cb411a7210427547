using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>What became of the hosts, in MSBuild's terms.</summary>
internal static class HostOutcome
{
    /// <summary><c>release ID active on 48 hosts</c>, or <c>… on 46 of 48 hosts</c>.</summary>
    public static string Describe(string release, IReadOnlyList<HostReport> hosts, HostState state)
    {
        int reached = hosts.Count(host => host.State == state);
        string count = reached == hosts.Count ? $"{reached}" : $"{reached} of {hosts.Count}";
        return $"release {release} {(state == HostState.Active ? "active" : "staged")} on {count} {(hosts.Count == 1 ? "host" : "hosts")}";
    }

    public static ITaskItem[] ToItems(IReadOnlyList<HostReport> hosts) =>
    [
        .. hosts.Select(host => new TaskItem(host.Name, new Dictionary<string, string>
        {
            [nameof(host.State)] = host.State.ToString(),
            [nameof(host.Address)] = host.Address,
            [nameof(host.Zone)] = host.Zone,
            [nameof(host.Code)] = host.Code ?? "",
            [nameof(host.PreviousRelease)] = host.PreviousRelease ?? "",
        })),
    ];
}
