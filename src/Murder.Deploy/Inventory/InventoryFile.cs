using System.Text.RegularExpressions;

namespace Murder.Deploy;

/// <summary>
/// Reads an Ansible-style INI inventory: <c>[group]</c> with a host a line, <c>[group:children]</c>, <c>[group:vars]</c>, hosts before the
/// first section. Reads text only, and goes on after an error so that all of them are reported at once. Variables that mean nothing here are
/// passed over. Where Ansible would guess (a comment in a :vars value), it is an error.
/// </summary>
internal sealed partial class InventoryFile
{
    private readonly InventoryBuilder _builder;
    private readonly InventoryEntries _entries;
    private readonly List<(string Group, int Line)> _mentioned = [];
    private Section _section = Section.Hosts;
    private string? _group;
    private int _line;

    private InventoryFile(string path, InventoryBuilder builder)
    {
        _builder = builder;
        _entries = new InventoryEntries(path, builder, parent => $"[{parent}:children]");
    }

    private enum Section
    {
        Hosts,
        Children,
        Variables,

        /// <summary>Below a header that could not be read.</summary>
        Unknown,
    }

    /// <summary>Adds what the text defines to the builder, and everything that is wrong to the problems. Never throws for any text.</summary>
    /// <param name="path">for messages</param>
    /// <param name="itemGroups">groups that the project's items define: the file may give them variables and parents</param>
    public static void Parse(string text, string path, IEnumerable<string> itemGroups, InventoryBuilder builder, List<Problem> problems)
    {
        var file = new InventoryFile(path, builder);
        foreach (ReadOnlySpan<char> line in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            file._line++;
            file.ReadLine(line.Trim().ToString());
            if (file._entries.HasTooManyProblems)
            {
                file.Wrong("too many errors; the rest was not read");
                break;
            }
        }

        file.Connect(itemGroups);
        file._entries.Connect(problems);
    }

    private void ReadLine(string line)
    {
        if (line.Length == 0 || line[0] is '#' or ';')
        {
            return;
        }

        if (line[0] == '[' && SectionPattern().Match(line) is { Success: true } header)
        {
            BeginSection(header.Groups["group"].Value, header.Groups["kind"].Value);
        }
        else if (IsMeantAsHeader(line))
        {
            _section = Section.Unknown;
            Wrong($"'{line}' is not a section; it must be [group], [group:children] or [group:vars], and behind it may stand a # comment only");
        }
        else if (_section == Section.Hosts)
        {
            ReadHost(line);
        }
        else if (_section == Section.Children)
        {
            ReadChild(line);
        }
        else if (_section == Section.Variables)
        {
            ReadVariable(line);
        }
    }

    // A host line may begin with '[' too: [2001:db8::1]:2222, or [a:c]web.
    private static bool IsMeantAsHeader(string line)
    {
        int close = line.IndexOf(']');
        bool isBracketed = line[0] == '[' && close > 0 && (close + 1 == line.Length || char.IsWhiteSpace(line[close + 1]));
        return line == "[]" || (isBracketed && HostAddress.Split(line[..(close + 1)]).Host.StartsWith('['));
    }

    private void BeginSection(string group, string kind)
    {
        _group = group;
        _section = kind switch
        {
            "" or "hosts" => Section.Hosts,
            "children" => Section.Children,
            "vars" => Section.Variables,
            _ => Section.Unknown,
        };

        if (_section == Section.Unknown)
        {
            Wrong($"section [{group}:{kind}] is of an unknown kind; there are [{group}], [{group}:children] and [{group}:vars]");
        }
        else if (_section == Section.Variables)
        {
            _mentioned.Add((group, _line));
        }
        else if (!_entries.TryAddGroup(group, _line))
        {
            _section = Section.Unknown;
        }
    }

    private void ReadHost(string line)
    {
        List<string>? words = InventoryTokens.TrySplit(line);
        if (words is null || words.Count == 0)
        {
            Wrong(words is null ? "a quote is not closed" : "a host is missing");
            return;
        }

        foreach (string variable in words.Skip(1).Where(word => word.IndexOf('=') <= 0))
        {
            Wrong($"'{variable}' is not of the form variable=value");
        }

        foreach (string name in _entries.AddHosts(words[0], _group, _line))
        {
            foreach (string word in words.Skip(1))
            {
                int equals = word.IndexOf('=');
                if (equals > 0)
                {
                    _entries.SetHostValue(name, word[..equals], word[(equals + 1)..], _line);
                }
            }
        }
    }

    private void ReadChild(string line)
    {
        if (ChildPattern().Match(line) is { Success: true } match)
        {
            _entries.AddChild(_group!, match.Groups["group"].Value, _line);
        }
        else
        {
            Wrong($"'{line}' is not the name of a group");
        }
    }

    private void ReadVariable(string line)
    {
        int equals = line.IndexOf('=');
        if (equals <= 0)
        {
            Wrong($"'{line}' is not of the form variable=value");
            return;
        }

        string variable = line[..equals].Trim();
        string value = Unquoted(line[(equals + 1)..].Trim());
        if (HostValues.SettingOf(variable) is not null && CommentPattern().IsMatch(value))
        {
            // Ansible would take the comment for a part of the value; nobody means that.
            Wrong($"in a :vars section a comment behind {variable} would belong to the value; it needs a line of its own");
            return;
        }

        _entries.AddGroupValue(_group!, variable, value, _line);
    }

    private void Connect(IEnumerable<string> itemGroups)
    {
        foreach (string group in itemGroups)
        {
            _builder.TryAddGroup(group);
        }

        foreach ((string group, int line) in _mentioned.Where(mention => !_builder.HasGroup(mention.Group)))
        {
            _entries.Wrong($"section [{group}:vars] names a group that is not defined", line);
        }
    }

    // Ansible reads these values as Python literals: text in quotes, and a number, may have a comment behind them.
    private static string Unquoted(string value)
    {
        Match literal = LiteralPattern().Match(value);
        return !literal.Success ? value
            : literal.Groups["number"].Success ? literal.Groups["number"].Value
            : EscapePattern().Replace(literal.Groups["text"].Value, "$1");
    }

    private void Wrong(string what) => _entries.Wrong(what, _line);

    [GeneratedRegex(@"^\[(?<group>[^:\]\s]+)(:(?<kind>\w+))?\]\s*(#.*)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SectionPattern();

    [GeneratedRegex(@"^(?<group>[^:\]\s#]+)\s*(#.*)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ChildPattern();

    [GeneratedRegex("""^((?<number>[0-9]+)\s*(#.*)?|"(?<text>([^"\\]|\\.)*)"\s*(#.*)?|'(?<text>([^'\\]|\\.)*)'\s*(#.*)?)$""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LiteralPattern();

    [GeneratedRegex("""\\(["'\\])""")]
    private static partial Regex EscapePattern();

    [GeneratedRegex(@"\s#")]
    private static partial Regex CommentPattern();
}
