namespace Murder.Deploy;

/// <summary>
/// The hosts that ssh's configuration names: the words after <c>Host</c> that are no patterns. Its files are read when somebody asks for the first time,
/// since most deploys name nothing that the inventory does not know.
/// </summary>
internal sealed class SshAliases
{
    private readonly Lazy<IReadOnlySet<string>> _names;

    private SshAliases(Func<IReadOnlySet<string>> read, bool isRead) => (_names, IsRead) = (new(read), isRead);

    /// <summary>For hosts that are not reached by SSH.</summary>
    public static SshAliases None { get; } = new(() => new HashSet<string>(), isRead: false);

    /// <summary>Whether there is a configuration that could name a host.</summary>
    public bool IsRead { get; }

    public IEnumerable<string> Names => _names.Value;

    public bool Contains(string word) => _names.Value.Contains(word);

    public static SshAliases Of(DeploymentSettings settings) => !CommandTemplate.IsSsh(settings.Transport) ? None
        : new SshAliases(() => ReadOrNone(SshOptions.ConfigFileOf(settings)), isRead: true);

    /// <param name="configFile">in place of the user's and the system's; null for those</param>
    /// <exception cref="IOException">a file cannot be read</exception>
    public static IReadOnlySet<string> Read(string? configFile, string homeDirectory)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((string path, string includesFrom) in SshConfigText.Files(configFile, homeDirectory))
        {
            ReadFile(path, includesFrom, homeDirectory, depth: 0, _ => true, names);
        }

        return names;
    }

    /// <summary>ssh takes its user's files from the home that the system has for him, whatever HOME says.</summary>
    private static IReadOnlySet<string> ReadOrNone(string? configFile)
    {
        try
        {
            string? home = ChildProcess.OnPath("ssh") is { } program ? SshConfigQuery.HomeOf(program) : null;
            return Read(configFile, home ?? InventoryReader.HomeDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Expected: whatever is the matter is told of each host that is reached, and of a file that the user named.
            return None._names.Value;
        }
    }

    /// <param name="isMeant">what the <c>Host</c> before the file's <c>Include</c> leaves to it</param>
    private static void ReadFile(string path, string includesFrom, string homeDirectory, int depth, Func<string, bool> isMeant, HashSet<string> names)
    {
        Func<string, bool> isMeantHere = isMeant;
        foreach ((string keyword, IReadOnlyList<string> arguments) in SshConfigText.Read(path, depth))
        {
            switch (keyword)
            {
                case "host":
                    isMeantHere = name => isMeant(name) && SshConfigText.Matches(arguments, name);
                    names.UnionWith(arguments.Where(word => word.AsSpan().IndexOfAny("*?!") < 0 && isMeantHere(word)));
                    break;
                case "match":
                    isMeantHere = isMeant;
                    break;
                case "include":
                    foreach (string file in arguments.SelectMany(pattern => SshConfigText.Included(pattern, includesFrom, homeDirectory)))
                    {
                        ReadFile(file, includesFrom, homeDirectory, depth + 1, isMeantHere, names);
                    }

                    break;
            }
        }
    }
}
