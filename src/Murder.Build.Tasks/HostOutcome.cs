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

    /// <summary>The hosts that are where they were to be: those that a hook may send requests to.</summary>
    public static ITaskItem[] ReachedItems(IReadOnlyList<HostReport> hosts, HostState goal) => [.. hosts.Where(host => host.State == goal).Select(ToItem)];

    /// <summary>All others, also those that went back without a fault of their own, which have no code.</summary>
    public static ITaskItem[] FailedItems(IReadOnlyList<HostReport> hosts, HostState goal) => [.. hosts.Where(host => host.State != goal).Select(ToFailedItem)];

    private static TaskItem ToFailedItem(HostReport host)
    {
        TaskItem item = ToItem(host);
        Set(item, nameof(host.Code), host.Code);
        Set(item, "Reason", host.Detail);
        return item;
    }

    private static TaskItem ToItem(HostReport host)
    {
        TaskItem item = new(host.Name);
        Set(item, nameof(host.State), host.State.ToString());
        Set(item, nameof(host.Address), host.Address);
        Set(item, nameof(host.Zone), host.Zone);
        Set(item, nameof(host.PreviousRelease), host.PreviousRelease);
        return item;
    }

    /// <summary>As it is: what a host said may hold <c>%3B</c> or <c>;</c>, which MSBuild reads as something else.</summary>
    private static void Set(ITaskItem2 item, string name, string? value) => item.SetMetadataValueLiteral(name, value ?? "");
}
