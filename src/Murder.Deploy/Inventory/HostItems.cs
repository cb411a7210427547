namespace Murder.Deploy;

/// <summary>Adds the project's <c>MurderHost</c> items to what the inventory file defines. Items speak for the host itself, so they win over group values.</summary>
internal static class HostItems
{
    private const string Where = "MurderHost item";

    /// <summary>All groups that the items name, in order.</summary>
    public static IEnumerable<string> Groups(IEnumerable<HostItem> items) => items.SelectMany(GroupsOf).Distinct(StringComparer.Ordinal);

    /// <param name="directory">the project's, from which relative paths are taken</param>
    public static void Add(IEnumerable<HostItem> items, string directory, InventoryBuilder builder, List<Problem> problems)
    {
        foreach (HostItem item in items)
        {
            HostAddress include = HostAddress.Split(item.Include.Trim());
            if (include.Host.Length == 0)
            {
                problems.Add(InventoryProblems.HostItemEmpty());
            }
            else if (!include.TryExpand(out IReadOnlyList<string> names, out string error))
            {
                problems.Add(InventoryProblems.BadRange(item.Include, Where, error));
            }
            else if (!names.All(name => TryAdd(name, item, builder)))
            {
                problems.Add(InventoryProblems.TooManyHosts(HostRange.HostsMax));
                return;
            }
            else
            {
                SetValues(names, Values(item, include, directory), builder, problems);
            }
        }
    }

    private static bool TryAdd(string name, HostItem item, InventoryBuilder builder) =>
        builder.TryAddHost(name, group: null) && GroupsOf(item).All(group => builder.TryAddGroup(group) && builder.TryAddHost(name, group));

    private static void SetValues(IReadOnlyList<string> names, List<(HostSetting Setting, string Text)> values, InventoryBuilder builder, List<Problem> problems)
    {
        foreach (string name in names)
        {
            foreach ((HostSetting setting, string text) in values)
            {
                if (builder.OwnValue(name, setting) is { } before && before.Text != text)
                {
                    problems.Add(InventoryProblems.Conflict(name, HostValues.NameOf(setting), $"'{before.Text}' ({before.Where}) and '{text}' ({Where})"));
                    continue;
                }

                builder.SetHostValue(name, setting, new HostValue(text, Where));
            }
        }
    }

    // What an item leaves out comes from its Include (user@host:port), and then from the inventory.
    private static List<(HostSetting Setting, string Text)> Values(HostItem item, HostAddress include, string directory) =>
    [
        .. new (HostSetting Setting, string Text)[]
        {
            (HostSetting.Address, item.Address),
            (HostSetting.User, item.User.Length > 0 ? item.User : include.User ?? ""),
            (HostSetting.Port, item.Port.Length > 0 ? item.Port : include.Port ?? ""),
            (HostSetting.IdentityFile, AbsolutePath(item.IdentityFile, directory)),
            (HostSetting.Zone, item.Zone),
            (HostSetting.Root, item.Root),
        }.Where(value => value.Text.Length > 0),
    ];

    private static string AbsolutePath(string path, string directory) =>
        path.Length == 0 || path[0] == '~' ? path : Path.Combine(directory, path);

    private static string[] GroupsOf(HostItem item) =>
        item.Groups.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
