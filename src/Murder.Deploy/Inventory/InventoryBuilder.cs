using System.Globalization;

namespace Murder.Deploy;

/// <summary>
/// Gathers hosts, groups and their values, and merges the values as Ansible does: <c>all</c> first, then groups from the outermost to the
/// innermost (among equals by <c>ansible_group_priority</c>, then by name), then the host's own; the last one said wins.
/// </summary>
internal sealed class InventoryBuilder(string? path)
{
    public const string All = "all";
    public const string Ungrouped = "ungrouped";

    /// <summary>Most groups of one inventory.</summary>
    public const int GroupsMax = 1000;

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal) { [All] = new Group(All), [Ungrouped] = new Group(Ungrouped) };
    private readonly OrderedDictionary<string, Host> _hosts = new(StringComparer.Ordinal);

    public int HostCount => _hosts.Count;

    public bool HasHost(string name) => _hosts.ContainsKey(name);

    public bool HasGroup(string name) => _groups.ContainsKey(name);

    /// <summary>False when there are too many groups.</summary>
    public bool TryAddGroup(string name)
    {
        if (!_groups.ContainsKey(name))
        {
            if (_groups.Count == GroupsMax)
            {
                return false;
            }

            _groups.Add(name, new Group(name) { Order = _groups.Count });
        }

        return true;
    }

    /// <summary>Adds a host to a group that is there, or to none of its own; false when there are too many hosts.</summary>
    public bool TryAddHost(string name, string? group)
    {
        if (!_hosts.TryGetValue(name, out Host? host))
        {
            if (_hosts.Count == HostRange.HostsMax)
            {
                return false;
            }

            _hosts.Add(name, host = new Host(name));
        }

        if (group is not null and not All and not Ungrouped && host.Groups.Add(_groups[group]))
        {
            _groups[group].Hosts.Add(host);
        }

        return true;
    }

    /// <summary>Makes one group a child of another; both are there. False when the child already has the parent below it.</summary>
    public bool TryAddChild(string parent, string child)
    {
        Group above = _groups[parent];
        Group below = _groups[child];
        if (above == below || Reachable([below], group => group.Children).Contains(above))
        {
            return false;
        }

        if (!above.Children.Contains(below))
        {
            above.Children.Add(below);
            below.Parents.Add(above);
        }

        return true;
    }

    public HostValue? OwnValue(string host, HostSetting setting) => _hosts[host].Values[setting];

    public void SetHostValue(string host, HostSetting setting, HostValue value) => _hosts[host].Values[setting] = value;

    public void SetGroupValue(string group, HostSetting setting, HostValue value) => _groups[group].Values[setting] = value;

    /// <summary>Not a number: 1, as if it had not been said.</summary>
    public void SetGroupPriority(string group, string priority) =>
        _groups[group].Priority = int.TryParse(priority, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : 1;

    public Inventory Build()
    {
        Dictionary<string, InventoryHost> hosts = _hosts.Values.Select(Merge).ToDictionary(host => host.Name, StringComparer.Ordinal);
        var groups = new List<KeyValuePair<string, IReadOnlyList<InventoryHost>>>();
        foreach (Group group in _groups.Values.OrderBy(group => group.Order))
        {
            IEnumerable<Host> members = group.Name switch
            {
                All => _hosts.Values,
                Ungrouped => _hosts.Values.Where(host => host.Groups.Count == 0),
                _ => Reachable([group], each => each.Children).SelectMany(each => each.Hosts).Distinct(),
            };
            groups.Add(new(group.Name, [.. members.Select(host => hosts[host.Name])]));
        }

        return new Inventory(path, hosts, groups);
    }

    private InventoryHost Merge(Host host)
    {
        List<Group> groups = Reachable(host.Groups, group => group.Parents);
        groups.Remove(_groups[All]);
        groups.Sort((left, right) => left.Order.CompareTo(right.Order));
        var values = new HostValues();
        values.Override(_groups[All].Values);
        if (groups.Count == 0)
        {
            values.Override(_groups[Ungrouped].Values);
        }

        foreach (Group group in groups.OrderBy(DepthOf).ThenBy(group => group.Priority).ThenBy(group => group.Name, StringComparer.Ordinal))
        {
            values.Override(group.Values);
        }

        values.Override(host.Values);
        return new InventoryHost(host.Name, [.. groups.Select(group => group.Name)], values);
    }

    // The longest way down from 'all'. There are no loops: TryAddChild refuses them.
    private int DepthOf(Group group)
    {
        group.Depth ??= 1 + group.Parents.Select(DepthOf).DefaultIfEmpty(0).Max();
        return group.Depth.Value;
    }

    /// <summary>The groups themselves and all that lie in the direction, each once, in the order they are come upon.</summary>
    private static List<Group> Reachable(IEnumerable<Group> from, Func<Group, IEnumerable<Group>> direction)
    {
        var found = new List<Group>();
        var seen = new HashSet<Group>();
        var waiting = new Stack<Group>(from.Reverse());
        while (waiting.TryPop(out Group? group))
        {
            if (seen.Add(group))
            {
                found.Add(group);
                foreach (Group next in direction(group).Reverse())
                {
                    waiting.Push(next);
                }
            }
        }

        return found;
    }

    private sealed class Host(string name)
    {
        public string Name { get; } = name;

        public HashSet<Group> Groups { get; } = [];

        public HostValues Values { get; } = new();
    }

    private sealed class Group(string name)
    {
        public string Name { get; } = name;

        public int Order { get; init; }

        public int Priority { get; set; } = 1;

        public int? Depth { get; set; }

        public List<Host> Hosts { get; } = [];

        public List<Group> Children { get; } = [];

        public List<Group> Parents { get; } = [];

        public HostValues Values { get; } = new();
    }
}
