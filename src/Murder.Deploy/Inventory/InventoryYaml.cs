using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Murder.Deploy;

/// <summary>
/// Reads an Ansible inventory in YAML (groups with <c>hosts</c>, <c>children</c> and <c>vars</c>), and the JSON that its dynamic inventories print, which is
/// YAML too: there hosts and children are lists, and the variables of hosts stand in <c>_meta</c>. Variables that mean nothing here are passed over.
/// </summary>
internal sealed partial class InventoryYaml
{
    /// <summary>Groups nest a few levels deep. What nests deeper is no inventory, and would exhaust the stack.</summary>
    private const int DepthMax = 64;

    /// <summary>An alias lets a few lines stand for very many.</summary>
    private const int NodesMax = 1_000_000;

    private readonly InventoryEntries _entries;
    private int _nodes;

    private InventoryYaml(InventoryEntries entries) => _entries = entries;

    /// <summary>By the name of the file, or by the first line that says something: in INI none ends with a colon.</summary>
    public static bool IsMeant(InventoryText inventory) =>
        Path.GetExtension(inventory.Path) is ".yml" or ".yaml" or ".json" || FirstLinePattern().IsMatch(inventory.Text);

    /// <inheritdoc cref="InventoryFile.Parse"/>
    public static void Parse(string text, string path, IEnumerable<string> itemGroups, InventoryBuilder builder, List<Problem> problems)
    {
        InventoryEntries entries = new(path, builder, parent => $"children of '{parent}'");
        try
        {
            RefuseDeep(text);
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            if (stream.Documents is [var document, ..])
            {
                new InventoryYaml(entries).ReadAll(document.RootNode);
            }
        }
        catch (YamlException e)
        {
            entries.Wrong(e.Message.TrimEnd('.'), (int)e.Start.Line);
        }

        foreach (string group in itemGroups)
        {
            builder.TryAddGroup(group);
        }

        entries.Connect(problems);
    }

    private static void RefuseDeep(string text)
    {
        Parser parser = new(new StringReader(text));
        int depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DepthMax)
            {
                throw new YamlException(parser.Current.Start, parser.Current.End, $"it nests more than {DepthMax} levels deep");
            }
        }
    }

    private void ReadAll(YamlNode root)
    {
        if (root is not YamlMappingNode groups)
        {
            _entries.Wrong("an inventory in YAML is groups with their names: 'all:' and below it 'hosts:' or 'children:'", LineOf(root));
            return;
        }

        foreach ((string name, YamlNode group) in Entries(groups).Where(entry => entry.Name != "_meta"))
        {
            ReadGroup(name, group);
        }

        if (groups.Children.TryGetValue("_meta", out YamlNode? meta) && meta is YamlMappingNode { Children: var parts }
            && parts.TryGetValue("hostvars", out YamlNode? values) && values is YamlMappingNode hosts)
        {
            foreach ((string host, YamlNode variables) in Entries(hosts))
            {
                SetHostValues(_entries.AddHosts(host, group: null, LineOf(variables)), variables);
            }
        }
    }

    private void ReadGroup(string name, YamlNode group)
    {
        if (!_entries.TryAddGroup(name, LineOf(group)))
        {
            return;
        }

        switch (group)
        {
            case YamlSequenceNode hosts:
                ReadHosts(name, hosts);
                break;
            case YamlMappingNode parts:
                foreach ((string kind, YamlNode part) in Entries(parts))
                {
                    ReadPart(name, kind, part);
                }

                break;
            case YamlScalarNode { Value: null or "" }:
                break;
            default:
                _entries.Wrong($"group '{name}' has neither hosts, children nor vars", LineOf(group));
                break;
        }
    }

    private void ReadPart(string group, string kind, YamlNode part)
    {
        switch (kind)
        {
            case "hosts":
                ReadHosts(group, part);
                break;
            case "children":
                foreach ((string child, YamlNode node) in Named(part))
                {
                    if (part is YamlMappingNode)
                    {
                        ReadGroup(child, node);
                    }

                    _entries.AddChild(group, child, LineOf(node));
                }

                break;
            case "vars":
                foreach ((string variable, string value, int line) in Variables(part))
                {
                    _entries.AddGroupValue(group, variable, value, line);
                }

                break;
            default:
                _entries.Wrong($"'{kind}' of group '{group}' is none of hosts, children and vars", LineOf(part));
                break;
        }
    }

    private void ReadHosts(string group, YamlNode hosts)
    {
        foreach ((string host, YamlNode variables) in Named(hosts))
        {
            SetHostValues(_entries.AddHosts(host, group, LineOf(variables)), variables);
        }
    }

    private void SetHostValues(IReadOnlyList<string> names, YamlNode variables)
    {
        foreach ((string variable, string value, int line) in Variables(variables))
        {
            foreach (string name in names)
            {
                _entries.SetHostValue(name, variable, value, line);
            }
        }
    }

    /// <summary>Names with what stands under them, be they a mapping or, as dynamic inventories have them, a list.</summary>
    private IEnumerable<(string Name, YamlNode Node)> Named(YamlNode node) => node switch
    {
        YamlMappingNode mapping => Entries(mapping),
        YamlSequenceNode list => list.Children.OfType<YamlScalarNode>().Select(item => (item.Value ?? "", (YamlNode)item)),
        _ => [],
    };

    private IEnumerable<(string Name, string Value, int Line)> Variables(YamlNode node) =>
        node is YamlMappingNode variables
            ? Entries(variables).Where(entry => entry.Node is YamlScalarNode).Select(entry => (entry.Name, ((YamlScalarNode)entry.Node).Value ?? "", LineOf(entry.Node)))
            : [];

    private IEnumerable<(string Name, YamlNode Node)> Entries(YamlMappingNode mapping)
    {
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            if (++_nodes > NodesMax)
            {
                throw new YamlException(value.Start, value.End, $"it has more than {NodesMax} entries");
            }

            yield return ((key as YamlScalarNode)?.Value ?? "", value);
        }
    }

    private static int LineOf(YamlNode node) => (int)node.Start.Line;

    [GeneratedRegex(@"^\uFEFF?(\s*(#[^\n]*)?\n)*\s*(---|\{|[^\n\[]+:\s*(#[^\n]*)?(\n|$))", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FirstLinePattern();
}
