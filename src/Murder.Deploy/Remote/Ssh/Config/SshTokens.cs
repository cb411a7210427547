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

        return Expand(written, environment: null, letter => letter switch
        {
            '%' => "%",
            'h' => config.HostName,
            'n' => host.Address,
            'p' => config.Port.ToString(CultureInfo.InvariantCulture),
            'r' => config.User,
            _ => null,
        });
    }

    /// <summary>Absolute; what is unknown stays as it stands.</summary>
    public string Path(string written)
    {
        string expanded = Expand(written, environment, Token);
        string fromHome = expanded.StartsWith("~/", StringComparison.Ordinal) ? expanded[2..] : expanded;
        return System.IO.Path.GetFullPath(fromHome, homeDirectory);
    }

    /// <param name="environment">null where no variable has a meaning</param>
    /// <param name="token">what stands for a letter behind '%'; null for what stays as it is</param>
    private static string Expand(string written, Func<string, string?>? environment, Func<char, string?> token)
    {
        StringBuilder expanded = new();
        for (int at = 0; at < written.Length; at++)
        {
            ReadOnlySpan<char> rest = written.AsSpan(at);
            if (environment is not null && rest.StartsWith("${") && rest.IndexOf('}') is var end and > 0)
            {
                expanded.Append(environment(rest[2..end].ToString()));
                at += end;
            }
            else if (rest.Length > 1 && rest[0] == '%' && token(rest[1]) is { } meant)
            {
                expanded.Append(meant);
                at++;
            }
            else
            {
                expanded.Append(rest[0]);
            }
        }

        return expanded.ToString();
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
