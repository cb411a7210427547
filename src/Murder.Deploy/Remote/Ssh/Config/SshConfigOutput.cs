using System.Globalization;
using System.Text;

namespace Murder.Deploy;

/// <summary>Reads what <c>ssh -G</c> prints: a keyword in lower case and its value on each line, every default included.</summary>
internal static class SshConfigOutput
{
    private const string None = "none";

    /// <param name="environment">of the process, for paths that name a variable</param>
    public static SshConfig Parse(string output, string homeDirectory, Func<string, string?> environment)
    {
        ILookup<string, string> values = output.Split('\n')
            .Select(line => line.TrimEnd('\r').Split(' ', 2))
            .Where(words => words.Length == 2)
            .ToLookup(words => words[0], words => words[1], StringComparer.OrdinalIgnoreCase);
        string? Value(string keyword) => values[keyword].FirstOrDefault() is { } value && value != None ? value : null;
        string hostName = Value("hostname") ?? "";
        string user = Value("user") ?? "";
        int port = int.Parse(Value("port") ?? "22", CultureInfo.InvariantCulture);
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
        };
    }

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

/// <summary>What stands for something else in the paths of a configuration (ssh_config(5), TOKENS): <c>ssh -G</c> leaves it as it was written.</summary>
internal sealed class SshTokens(string hostName, int port, string user, string homeDirectory, Func<string, string?> environment)
{
    /// <summary>Absolute; what is unknown stays as it stands.</summary>
    public string Path(string written)
    {
        StringBuilder path = new();
        for (int at = 0; at < written.Length; at++)
        {
            string rest = written[at..];
            if (rest.StartsWith("${", StringComparison.Ordinal) && rest.IndexOf('}', StringComparison.Ordinal) is var end and > 0)
            {
                path.Append(environment(rest[2..end]));
                at += end;
            }
            else if (rest.Length > 1 && rest[0] == '%' && Token(rest[1]) is { } meant)
            {
                path.Append(meant);
                at++;
            }
            else
            {
                path.Append(rest[0]);
            }
        }

        string expanded = path.ToString();
        string fromHome = expanded.StartsWith("~/", StringComparison.Ordinal) ? expanded[2..] : expanded;
        return System.IO.Path.GetFullPath(fromHome, homeDirectory);
    }

    private string? Token(char letter) => letter switch
    {
        '%' => "%",
        'd' => homeDirectory,
        'h' => hostName,
        'p' => port.ToString(CultureInfo.InvariantCulture),
        'r' => user,
        'u' => Environment.UserName,
        _ => null,
    };
}
