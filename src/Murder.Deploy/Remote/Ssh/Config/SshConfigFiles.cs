using System.Globalization;

namespace Murder.Deploy;

/// <summary>
/// Reads ssh's configuration where there is no <c>ssh</c> to ask: <c>Host</c>, <c>Match</c> by names, <c>Include</c>, and of each keyword the first value that
/// is met (ssh_config(5)). What a command would have to decide (<c>Match exec</c>) is refused.
/// </summary>
internal sealed class SshConfigFiles
{
    private static readonly string[] s_gathered = ["identityfile", "certificatefile"]; // every value counts

    /// <summary>Of what we read, that of which <c>ssh -G</c> prints the tokens' values: those of one host are not another's.</summary>
    private static readonly string[] s_printedExpanded = ["userknownhostsfile", "globalknownhostsfile", "identityagent"];

    private readonly TargetHost _host;
    private readonly string _homeDirectory;
    private readonly SshConfigLines _lines;
    private readonly List<(string Keyword, string Value)> _values = [];
    private bool _isFinalWanted; // by a 'Match final': then all is read once more, and what is set stays
    private bool _isFinal;

    private SshConfigFiles(TargetHost host, string homeDirectory, SshConfigLines lines)
    {
        _host = host;
        _homeDirectory = homeDirectory;
        _lines = lines;
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
    public static SshConfig Read(TargetHost host, string? configFile, string homeDirectory) =>
        SshConfigOutput.From(
            ReadFor(host, configFile, homeDirectory, new SshConfigLines()).WithDefaults(Path.Combine(homeDirectory, ".ssh")), defaults: null, homeDirectory, Environment.GetEnvironmentVariable);

    /// <summary>What the files say, not yet what it means. Null where that takes <c>ssh</c>.</summary>
    /// <param name="homeDirectory">where <c>ssh</c> looks for its user's files</param>
    /// <param name="lines">of files that were read for other hosts</param>
    public static SshConfigReading? TryRead(TargetHost host, string? configFile, string homeDirectory, SshConfigLines lines)
    {
        try
        {
            SshConfigFiles files = ReadFor(host, configFile, homeDirectory, lines);
            string user = files.ValueOf("user") ?? Environment.UserName;
            IEnumerable<string> others = files._values.Where(value => value.Keyword is not ("hostname" or "port" or "user")).Select(value => $"{value.Keyword} {value.Value}");
            return files.DependsOnNames() ? null : new SshConfigReading(files.HostName(), files.ValueOf("port") ?? "22", user, string.Join('\n', others));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // expected: ssh decides, or says what is wrong
        }
    }

    private static SshConfigFiles ReadFor(TargetHost host, string? configFile, string homeDirectory, SshConfigLines lines)
    {
        SshConfigFiles files = new(host, homeDirectory, lines);
        files.ReadAll(configFile);
        if (files._isFinalWanted)
        {
            files._isFinal = true;
            files.ReadAll(configFile);
        }

        return files;
    }

    /// <summary>Whether <c>ssh</c> would ask the name service, writes the name in its own way, or prints with the name in it what is written with a token.</summary>
    private bool DependsOnNames() =>
        ValueOf("canonicalizehostname") is not (null or "no" or "none")
        || _host.Address.Any(char.IsAsciiLetterUpper)
        || s_printedExpanded.Any(keyword => ValueOf(keyword)?.Contains('%', StringComparison.Ordinal) == true)
        || (ValueOf("user") ?? "").AsSpan().ContainsAny('%', '$')
        || (ValueOf("hostname") ?? "").Replace("%h", "", StringComparison.Ordinal).Contains('%', StringComparison.Ordinal);

    /// <exception cref="IOException">which files are meant <c>ssh</c> only can tell</exception>
    private IEnumerable<string> Included(string pattern, string includesFrom) => pattern.AsSpan().ContainsAny('$', '%')
        ? throw new IOException($"'Include {pattern}' takes the system's ssh, and there is none on this machine")
        : SshConfigText.Included(pattern, includesFrom, _homeDirectory);

    private void ReadAll(string? configFile)
    {
        foreach ((string path, string includesFrom) in SshConfigText.Files(configFile, _homeDirectory))
        {
            ReadFile(path, includesFrom, depth: 0);
        }
    }

    private void ReadFile(string path, string includesFrom, int depth)
    {
        bool isMeant = true;
        foreach ((string keyword, IReadOnlyList<string> arguments) in _lines.Of(path, depth))
        {
            switch (keyword)
            {
                case "host":
                    isMeant = SshConfigText.Matches(arguments, _host.Address);
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

    private bool IsMet(IReadOnlyList<string> criteria, string path)
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
                "host" => SshConfigText.Matches(patterns, HostName()),
                "originalhost" => SshConfigText.Matches(patterns, _host.Address),
                "user" => SshConfigText.Matches(patterns, ValueOf("user") ?? Environment.UserName),
                "localuser" => SshConfigText.Matches(patterns, Environment.UserName),
                _ => throw new IOException($"{path}: 'Match {criterion}' takes the system's ssh, and there is none on this machine"),
            };
            isMet &= isThisMet != isNegated;
        }

        return isMet;
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
