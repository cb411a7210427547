using System.Globalization;
using System.Text;

namespace Murder.Deploy;

/// <summary>What stands for something else in the paths of a configuration (ssh_config(5), TOKENS): <c>ssh -G</c> leaves it as it was written.</summary>
internal sealed class SshTokens(string hostName, int port, string user, string homeDirectory, Func<string, string?> environment)
{
    /// <summary>The jump hosts before a host as its configuration has them, each token put in (ssh_config(5), ProxyJump); null when there are none.</summary>
    public static string? JumpsTo(TargetHost host)
    {
        if (host.Ssh is not { ProxyJump: { } written } config)
        {
            return null;
        }

        string[] pieces = written.Split("%%"); // each stands for one '%', and begins no token
        return string.Join('%', pieces.Select(piece => piece
            .Replace("%h", config.HostName, StringComparison.Ordinal)
            .Replace("%n", host.Address, StringComparison.Ordinal)
            .Replace("%p", config.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%r", config.User, StringComparison.Ordinal)));
    }

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
