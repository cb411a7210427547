namespace Murder.Deploy;

/// <summary>The commands that go the way a deploy goes, for a person to see what they say.</summary>
internal static class SshByHand
{
    /// <param name="options">in front of all others</param>
    public static string Login(TargetHost host, string options = "")
    {
        string?[] words =
        [
            "ssh",
            options.Length == 0 ? null : options,
            ConfigOf(host),
            host.Port is { } port and not HostKeys.DefaultPort ? $"-p {port}" : null,
            $"{(host.User is { Length: > 0 } user ? $"{user}@" : "")}{host.Address}",
        ];
        return string.Join(' ', words.Where(word => word is not null));
    }

    /// <summary>To the last of the host's jump hosts.</summary>
    public static string JumpLogin(TargetHost host)
    {
        string jumps = host.Ssh?.ProxyJump ?? "JUMPHOST";
        int last = jumps.LastIndexOf(',');
        string?[] words = ["ssh -v", ConfigOf(host), last < 0 ? jumps : $"-J {jumps[..last]} {jumps[(last + 1)..]}"];
        return string.Join(' ', words.Where(word => word is not null));
    }

    /// <summary>Of no use behind a jump host: it connects by itself.</summary>
    public static string Keyscan(TargetHost host) =>
        host.SshPort == HostKeys.DefaultPort ? $"ssh-keyscan {host.HostName}" : $"ssh-keyscan -p {host.SshPort} {host.HostName}";

    private static string? ConfigOf(TargetHost host) => host.Ssh?.ConfigFile is { } file ? $"-F {(file.Contains(' ', StringComparison.Ordinal) ? BootstrapScript.Quote(file) : file)}" : null;
}
