namespace Murder.Deploy;

/// <summary>
/// What an inventory says, in whatever format, on its way into the builder. It goes on after an error, so that all are reported at once; relations
/// wait for the end, since groups may be used above the place where they are defined.
/// </summary>
/// <param name="path">of the inventory, for messages</param>
/// <param name="childrenOf">how the format calls the children of a group, for messages</param>
internal sealed class InventoryEntries(string path, InventoryBuilder builder, Func<string, string> childrenOf)
{
    /// <summary>Then the rest is not read: it is probably not an inventory at all.</summary>
    public const int ProblemsMax = 20;

    private readonly List<Problem> _problems = [];
    private readonly List<(string Parent, string Child, int Line)> _children = [];
    private readonly List<(string Group, string Variable, string Value, int Line)> _variables = [];

    public bool HasTooManyProblems => _problems.Count >= ProblemsMax;

    public void Wrong(string what, int line) => _problems.Add(InventoryProblems.Syntax(path, line, what));

    /// <summary>False when there are too many groups.</summary>
    public bool TryAddGroup(string name, int line)
    {
        if (builder.TryAddGroup(name))
        {
            return true;
        }

        Wrong($"there are more than {InventoryBuilder.GroupsMax} groups", line);
        return false;
    }

    /// <summary>Adds the hosts that a word stands for: a name, perhaps with ranges and a port.</summary>
    /// <returns>their names; none when the word is wrong</returns>
    public IReadOnlyList<string> AddHosts(string word, string? group, int line)
    {
        (_, string pattern, string? port) = HostAddress.Split(word);
        if (!new HostAddress(null, pattern, port).TryExpand(out IReadOnlyList<string> names, out string error))
        {
            _problems.Add(InventoryProblems.BadRange(word, Where(line), error));
            return [];
        }

        foreach (string name in names)
        {
            if (!builder.TryAddHost(name, group))
            {
                _problems.Add(InventoryProblems.TooManyHosts(HostRange.HostsMax));
                return [];
            }

            if (port is not null)
            {
                builder.SetHostValue(name, HostSetting.Port, new HostValue(port, Where(line)));
            }
        }

        return names;
    }

    public void SetHostValue(string host, string variable, string value, int line)
    {
        if (HostValues.SettingOf(variable) is { } setting)
        {
            builder.SetHostValue(host, setting, ValueOf(setting, value, line));
        }
    }

    public void AddGroupValue(string group, string variable, string value, int line) => _variables.Add((group, variable, value, line));

    public void AddChild(string parent, string child, int line) => _children.Add((parent, child, line));

    /// <summary>Everything is read: ties groups to one another and gives them their values.</summary>
    public void Connect(List<Problem> problems)
    {
        foreach ((string parent, string child, int line) in _children)
        {
            if (!builder.HasGroup(child))
            {
                Wrong($"{childrenOf(parent)} names '{child}', a group that is not defined", line);
            }
            else if (child == InventoryBuilder.All || (child == InventoryBuilder.Ungrouped && parent != InventoryBuilder.All)) // dynamic inventories list it below all
            {
                Wrong($"{childrenOf(parent)} names '{child}', which is made by itself and has no parent", line);
            }
            else if (parent != InventoryBuilder.All && !builder.TryAddChild(parent, child))
            {
                Wrong($"{childrenOf(parent)} names '{child}', which already contains '{parent}'", line);
            }
        }

        foreach ((string group, string variable, string value, int line) in _variables.Where(variable => builder.HasGroup(variable.Group)))
        {
            SetGroupValue(group, variable, value, line);
        }

        problems.AddRange(_problems);
    }

    private void SetGroupValue(string group, string variable, string value, int line)
    {
        if (variable == "ansible_group_priority")
        {
            builder.SetGroupPriority(group, value);
        }
        else if (HostValues.SettingOf(variable) is { } setting)
        {
            builder.SetGroupValue(group, setting, ValueOf(setting, value, line));
        }
    }

    // A key beside the inventory is meant wherever the build is started from.
    private HostValue ValueOf(HostSetting setting, string text, int line)
    {
        bool isRelativePath = setting == HostSetting.IdentityFile && text.Length > 0 && text[0] is not ('~' or '{') && !Path.IsPathRooted(text);
        return new HostValue(isRelativePath ? Path.Combine(Path.GetDirectoryName(path) ?? "", text) : text, Where(line));
    }

    private string Where(int line) => $"{path}({line})";
}
