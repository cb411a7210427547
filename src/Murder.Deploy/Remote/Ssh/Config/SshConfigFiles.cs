using System.Globalization;
using System.IO.Enumeration;
using System.Text;

namespace Murder.Deploy;

/// <summary>
/// Reads ssh's configuration where there is no <c>ssh</c> to ask: <c>Host</c>, <c>Match</c> by names, <c>Include</c>, and of each keyword the first value that
/// is met (ssh_config(5)). What a command would have to decide (<c>Match exec</c>) is refused.
/// </summary>
internal sealed class SshConfigFiles
{
    private const int IncludesMax = 16; // as ssh

    private static readonly char[] s_blanks = [' ', '\t'];
    private static readonly string[] s_gathered = ["identityfile", "certificatefile"]; // every value counts

    private readonly TargetHost _host;
    private readonly string _homeDirectory;
    private readonly List<(string Keyword, string Value)> _values = [];
    private bool _isFinalWanted; // by a 'Match final': then all is read once more, and what is set stays
    private bool _isFinal;

    private SshConfigFiles(TargetHost host, string homeDirectory)
    {
        _host = host;
        _homeDirectory = homeDirectory;
        if (host.User is { Length: > 0 } user)
        {
            Set("user", user);
        }

        if (host.Port is { } port)
        {
            Set("port", port.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <param name="configFile">in place of the user's and the system's; null for those</param>
    /// <exception cref="IOException">a file cannot be read, or says what takes <c>ssh</c></exception>
    public static SshConfig Read(TargetHost host, string? configFile, string homeDirectory)
    {
        SshConfigFiles files = new(host, homeDirectory);
        string ssh = Path.Combine(homeDirectory, ".ssh");
        files.ReadAll(configFile, ssh);
        if (files._isFinalWanted)
        {
            files._isFinal = true;
            files.ReadAll(configFile, ssh);
        }

        return SshConfigOutput.From(files.WithDefaults(ssh), homeDirectory, Environment.GetEnvironmentVariable);
    }

    private void ReadAll(string? configFile, string ssh)
    {
        if (configFile is not null)
        {
            ReadFile(configFile, ssh, depth: 0);
            return;
        }

        ReadFile(Path.Combine(ssh, "config"), ssh, depth: 0);
        ReadFile("/etc/ssh/ssh_config", "/etc/ssh", depth: 0);
    }

    private void ReadFile(string path, string includesFrom, int depth)
    {
        if (depth > IncludesMax)
        {
            throw new IOException($"{path}: includes nest more than {IncludesMax} deep");
        }

        if (!File.Exists(path))
        {
            return;
        }

        bool isMeant = true;
        foreach (string line in File.ReadLines(path, Encoding.UTF8))
        {
            List<string> words = Words(line);
            if (words.Count == 0)
            {
                continue;
            }

            string keyword = words[0].ToLowerInvariant();
            List<string> arguments = words[1..];
            switch (keyword)
            {
                case "host":
                    isMeant = Matches(arguments, _host.Address);
                    break;
                case "match":
                    isMeant = IsMet(arguments, path);
                    break;
                case "include" when isMeant:
                    foreach (string file in arguments.SelectMany(pattern => Included(pattern, includesFrom)))
                    {
                        ReadFile(file, includesFrom, depth + 1);
                    }

                    break;
                default:
                    if (isMeant)
                    {
                        Set(keyword, string.Join(' ', arguments));
                    }

                    break;
            }
        }
    }

    /// <summary>A keyword, then words, which may be quoted; '=' may stand between keyword and value, and a comment at the end.</summary>
    private static List<string> Words(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool isQuoted = false, isWord = false;
        foreach (char c in line)
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
                isWord = true;
            }
            else if (!isQuoted && c == '#' && !isWord)
            {
                break;
            }
            else if (!isQuoted && (s_blanks.Contains(c) || (c == '=' && words.Count == 0)))
            {
                End();
            }
            else if (!isQuoted && c == '=' && words.Count == 1 && !isWord)
            {
                // Expected: KEYWORD = VALUE
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        End();
        return words;

        void End()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isWord = false;
        }
    }

    private static bool Matches(IEnumerable<string> patterns, string name)
    {
        bool matched = false;
        foreach (string pattern in patterns)
        {
            bool isNegated = pattern.StartsWith('!');
            if (Wildcard.Matches(isNegated ? pattern[1..] : pattern, name))
            {
                if (isNegated)
                {
                    return false;
                }

                matched = true;
            }
        }

        return matched;
    }

    private bool IsMet(List<string> criteria, string path)
    {
        bool isMet = true;
        for (int at = 0; at < criteria.Count; at++)
        {
            string criterion = criteria[at].ToLowerInvariant();
            bool isNegated = criterion.StartsWith('!');
            criterion = criterion.TrimStart('!');
            if (criterion is "all" or "canonical" or "final")
            {
                _isFinalWanted |= criterion == "final";
                isMet &= (criterion == "all" || _isFinal) != isNegated;
                continue;
            }

            string[] patterns = ++at < criteria.Count ? criteria[at].Split(',') : [];
            bool isThisMet = criterion switch
            {
                "host" => Matches(patterns, HostName()),
                "originalhost" => Matches(patterns, _host.Address),
                "user" => Matches(patterns, ValueOf("user") ?? Environment.UserName),
                "localuser" => Matches(patterns, Environment.UserName),
                _ => throw new IOException($"{path}: 'Match {criterion}' takes the system's ssh, and there is none on this machine"),
            };
            isMet &= isThisMet != isNegated;
        }

        return isMet;
    }

    private IEnumerable<string> Included(string pattern, string includesFrom)
    {
        string path = Path.GetFullPath(pattern.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(_homeDirectory, pattern[2..]) : pattern, includesFrom);
        string folder = Path.GetDirectoryName(path)!;
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Where(file => FileSystemName.MatchesSimpleExpression(Path.GetFileName(path), Path.GetFileName(file), ignoreCase: false)).Order(StringComparer.Ordinal)
            : [];
    }

    private void Set(string keyword, string value)
    {
        if (s_gathered.Contains(keyword) ? !_values.Contains((keyword, value)) : ValueOf(keyword) is null)
        {
            _values.Add((keyword, value));
        }
    }

    private string? ValueOf(string keyword) => _values.Where(value => value.Keyword == keyword).Select(value => value.Value).FirstOrDefault();

    private string HostName() => (ValueOf("hostname") ?? _host.Address).Replace("%h", _host.Address, StringComparison.Ordinal);

    private ILookup<string, string> WithDefaults(string ssh)
    {
        string hostName = HostName();
        _values.RemoveAll(value => value.Keyword == "hostname");
        Set("hostname", hostName);
        Set("user", Environment.UserName);
        Set("port", "22");
        Set("userknownhostsfile", $"{Path.Combine(ssh, "known_hosts")} {Path.Combine(ssh, "known_hosts2")}");
        Set("globalknownhostsfile", "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2");
        if (ValueOf("identityfile") is null)
        {
            Array.ForEach(["id_rsa", "id_ecdsa", "id_ed25519"], name => Set("identityfile", Path.Combine(ssh, name)));
        }

        return _values.ToLookup(value => value.Keyword, value => value.Value, StringComparer.Ordinal);
    }
}
