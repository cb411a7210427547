namespace Murder.Deploy;

/// <summary>Reads what <c>ssh -G</c> prints: a keyword in lower case and its value on each line, every default included.</summary>
internal static class SshConfigOutput
{
    private const string None = "none";

    /// <param name="environment">of the process, for paths that name a variable</param>
    public static SshConfig Parse(string output, string homeDirectory, Func<string, string?> environment) => From(Values(output), defaults: null, homeDirectory, environment);

    /// <summary>By keyword.</summary>
    public static ILookup<string, string> Values(string output) =>
        output.Split('\n')
            .Select(line => line.TrimEnd('\r').Split(' ', 2))
            .Where(words => words.Length == 2)
            .ToLookup(words => words[0], words => words[1], StringComparer.OrdinalIgnoreCase);

    /// <exception cref="IOException">a value is none</exception>
    /// <param name="values">by keyword, as <c>ssh -G</c> would print them</param>
    /// <param name="defaults">what it prints without any configuration; null where none of these is among the values</param>
    public static SshConfig From(ILookup<string, string> values, ILookup<string, string>? defaults, string homeDirectory, Func<string, string?> environment)
    {
        string? Value(string keyword) => values[keyword].FirstOrDefault() is { } value && value != None ? value : null;
        string hostName = Value("hostname") ?? "";
        string user = Value("user") ?? "";
        int port = PortOf(Value("port") ?? "22");
        SshTokens tokens = new(hostName, port, user, homeDirectory, environment);
        return new SshConfig
        {
            HostName = hostName,
            Port = port,
            User = user,
            IdentityFiles = [.. values["identityfile"].Where(path => path != None).Select(tokens.Path)],
            CertificateFiles = [.. values["certificatefile"].Where(path => path != None).Select(tokens.Path)],
            IdentitiesOnly = Value("identitiesonly") == "yes",
            IdentityAgent = AgentOf(values["identityagent"].FirstOrDefault(), tokens, environment),
            HostKeyAlias = Value("hostkeyalias"),
            KnownHostsFiles = [.. Words(Value("userknownhostsfile")).Concat(Words(Value("globalknownhostsfile"))).Select(tokens.Path)],
            AcceptsNewHostKeys = Value("stricthostkeychecking") == "accept-new",
            ProxyJump = Value("proxyjump"),
            ProxyCommand = Value("proxycommand"),
            UsesKerberos = Value("gssapiauthentication") == "yes",
            Algorithms = SshAlgorithms.From(values, defaults),
        };
    }

    /// <exception cref="IOException">it is none</exception>
    public static int PortOf(string value) => HostAddress.TryParsePort(value) ?? throw new IOException($"'{value}' is no port");

    private static string? AgentOf(string? value, SshTokens tokens, Func<string, string?> environment) => value switch
    {
        null or "SSH_AUTH_SOCK" => environment("SSH_AUTH_SOCK") is { Length: > 0 } socket ? socket : null,
        None => null,
        ['$', .. var name] when !name.StartsWith('{') => environment(name),
        _ => tokens.Path(value),
    };

    /// <summary>ssh prints several paths of one line without quotes: one with a blank in it cannot be told from two.</summary>
    private static string[] Words(string? value) => value?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
