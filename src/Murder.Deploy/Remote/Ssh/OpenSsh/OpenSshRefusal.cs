using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>What it means that <c>ssh</c> ended before there was a shell. It says why on its stderr only, in words that have not changed for years.</summary>
/// <param name="MayPass">an sshd that was overloaded may let the next one in</param>
/// <param name="Words">what it said, in one line</param>
internal sealed record OpenSshRefusal(HostFailure Failure, bool MayPass, string Words)
{
    /// <summary>With which ssh says that it failed itself; another one is of the command at the other end.</summary>
    private const int OwnExitCode = 255;

    /// <summary>As its last characters say best why there is no shell.</summary>
    private const int OutputKept = 500;

    private static readonly (string Sign, HostFailure Failure, bool MayPass)[] s_signs =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", HostFailure.HostKeyChanged, false),
        ("REVOKED HOST KEY", HostFailure.HostKeyChanged, false),
        ("is marked as revoked", HostFailure.HostKeyChanged, false),
        ("Host key verification failed", HostFailure.HostKeyUnknown, false),
        ("Permission denied", HostFailure.AuthenticationFailed, false),
        ("Too many authentication failures", HostFailure.AuthenticationFailed, false),
        ("Bad configuration option", HostFailure.ConfigUnusable, false),
        ("Bad owner or permissions", HostFailure.ConfigUnusable, false),
        ("tdio forwarding", HostFailure.Unreachable, false), // the jump host cannot, or may not, reach it
        ("kex_exchange_identification", HostFailure.Unreachable, true),
        ("Connection reset by", HostFailure.Unreachable, true),
        ("Connection closed by", HostFailure.Unreachable, true),
    ];

    /// <param name="exitCode">null when it is not one of a command</param>
    /// <param name="output">what the login said in place of a shell</param>
    public static OpenSshRefusal Of(int? exitCode, string errors, string output)
    {
        string words = InOneLine(errors);
        if (exitCode is not null and not OwnExitCode)
        {
            string said = InOneLine(output.Length > OutputKept ? output[^OutputKept..] : output);
            return new OpenSshRefusal(HostFailure.NoShell, MayPass: false, $"the login gave no shell; it ended with exit code {exitCode}: {string.Join(" / ", new[] { said, words }.Where(text => text.Length > 0))}".TrimEnd(':', ' '));
        }

        words = $"ssh says: {(words.Length == 0 ? "nothing" : words)}";

        foreach ((string sign, HostFailure failure, bool mayPass) in s_signs)
        {
            if (errors.Contains(sign, StringComparison.Ordinal))
            {
                return new OpenSshRefusal(failure, mayPass, words);
            }
        }

        return new OpenSshRefusal(HostFailure.Unreachable, MayPass: false, words);
    }

    private static string InOneLine(string text) => OneLine.Of(text, line => !line.All(c => c == '@'));
}
