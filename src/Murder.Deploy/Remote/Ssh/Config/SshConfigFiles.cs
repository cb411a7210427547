using System.Globalization;

namespace Murder.Deploy;

/// <summary>
/// Reads ssh's configuration where there is no <c>ssh</c> to ask: <c>Host</c>, <c>Match</c> by names, <c>Include</c>, and of each keyword the first value that
/// is met (ssh_config(5)). What a command would have to decide (<c>Match exec</c>) is refused.
/// </summary>
internal sealed class SshConfigFiles
{
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
        files.ReadAll(configFile);
        if (files._isFinalWanted)
        {
            files._isFinal = true;
            files.ReadAll(configFile);
        }

        return SshConfigOutput.From(files.WithDefaults(Path.Combine(homeDirectory, ".ssh")), homeDirectory, Environment.GetEnvironmentVariable);
    }

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
        foreach ((string keyword, IReadOnlyList<string> arguments) in SshConfigText.Read(path, depth))
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
                    foreach (string file in arguments.SelectMany(pattern => SshConfigText.Included(pattern, includesFrom, _homeDirectory)))
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
