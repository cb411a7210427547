namespace Murder.Deploy;

/// <summary>A host that the inventory or an item defines, with its effective values: its own over those of its groups.</summary>
/// <param name="Groups">all it belongs to, directly or through children; without <c>all</c> and <c>ungrouped</c></param>
internal sealed record InventoryHost(string Name, IReadOnlyList<string> Groups, HostValues Values);

/// <summary>Host groups and their hosts, from the inventory file and the project's items together. In the order of definition.</summary>
/// <param name="path">the file; null when there is none</param>
internal sealed class Inventory(string? path, IReadOnlyDictionary<string, InventoryHost> hosts, IReadOnlyList<KeyValuePair<string, IReadOnlyList<InventoryHost>>> groups)
{
    private readonly Dictionary<string, IReadOnlyList<InventoryHost>> _groups = new(groups, StringComparer.Ordinal);

    public string? Path { get; } = path;

    /// <summary>Without <c>all</c> and <c>ungrouped</c>, which are always there.</summary>
    public IReadOnlyList<string> GroupNames { get; } =
        [.. groups.Select(group => group.Key).Where(name => name is not (InventoryBuilder.All or InventoryBuilder.Ungrouped))];

    public IEnumerable<string> HostNames => hosts.Keys;

    /// <summary>The hosts of a group and of its children; null when there is no such group.</summary>
    public IReadOnlyList<InventoryHost>? Group(string name) => _groups.GetValueOrDefault(name);

    public InventoryHost? Host(string name) => hosts.GetValueOrDefault(name);
}
