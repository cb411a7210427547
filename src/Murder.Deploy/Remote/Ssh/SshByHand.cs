using System.Buffers;
using System.Globalization;

namespace Murder.Deploy;

/// <summary>The commands that go the way a deploy goes, for a person to paste and to see what they say.</summary>
internal static class SshByHand
{
    private static readonly SearchValues<char> s_plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-");

    /// <param name="options">in front of all others</param>
    public static string Login(TargetHost host, params string[] options) =>
        Line([.. options, .. ConfigOf(host.Ssh?.ConfigFile), .. KeyOf(host, "-o", "IdentitiesOnly=yes"), .. PlaceOf(host)]);

    /// <summary>A login that asks about a host key that nobody knows, and keeps it: also where the configuration lets nothing be asked.</summary>
    public static string AskingLogin(TargetHost host) => Login(host, "-o", "BatchMode=no", "-o", "StrictHostKeyChecking=ask");

    /// <summary>To the last of the host's jump hosts.</summary>
    public static string JumpLogin(TargetHost host)
    {
        (string? before, string jump) = JumpHosts.Split(SshTokens.JumpsTo(host) ?? "JUMPHOST");
        // With a port it is taken for a name, unless it is written as a URL.
        return Line(["-v", .. ConfigOf(host.Ssh?.ConfigFile), .. KeyOf(host), .. before is null ? Array.Empty<string>() : ["-J", before], HostAddress.Split(jump).Port is null ? jump : $"ssh://{jump}"]);
    }

    /// <summary>What the configuration comes to for the host.</summary>
    public static string Query(TargetHost host, string? configFile) => Line(["-G", .. ConfigOf(configFile), .. PlaceOf(host)]);

    /// <summary>Of no use behind a jump host, since it connects by itself, nor under another name than the host's own.</summary>
    public static string Keyscan(TargetHost host) =>
        host.SshPort == HostKeys.DefaultPort ? $"ssh-keyscan {host.HostName}" : $"ssh-keyscan -p {host.SshPort} {host.HostName}";

    /// <summary>One word for a shell; in quotes only where it needs them.</summary>
    public static string Word(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(s_plain) ? text : BootstrapScript.Quote(text);

    private static string[] ConfigOf(string? file) => file is null ? [] : ["-F", file];

    private static string[] KeyOf(TargetHost host, params string[] alone) => host.Ssh?.NamedIdentityFile is { } file ? ["-i", file, .. alone] : [];

    private static string[] PlaceOf(TargetHost host)
    {
        string place = host.User is { Length: > 0 } user ? $"{user}@{host.Address}" : host.Address;
        return host.Port is { } port ? ["-p", port.ToString(CultureInfo.InvariantCulture), place] : [place];
    }

    private static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(Word).Prepend("ssh"));
}
