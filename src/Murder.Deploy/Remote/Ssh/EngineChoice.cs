namespace Murder.Deploy;

/// <summary>
/// What of a host's login only the system's <c>ssh</c> can do besides what its configuration says outright: signing with a hardware key, and Kerberos. Debian's
/// own configuration allows Kerberos on every host, so that alone says nothing.
/// </summary>
internal static class EngineChoice
{
    /// <summary>The name of an option or a key, for messages; null when SSH.NET will do.</summary>
    /// <param name="environment">of the process</param>
    public static string? NeedsOpenSsh(TargetHost host, SshOptions options, Func<string, string?> environment)
    {
        string? named = options.IdentityOf(host);
        string[] files = [.. options.IdentityFilesOf(host).Where(File.Exists)];
        SshKeyAgent? agent = SshIdentities.AgentOf(host);
        if (files.FirstOrDefault(file => IsOfHardware(options.KeyFiles.PublicKeyOf(file)) && !Holds(agent, options.KeyFiles.PublicKeyOf(file))) is { } hardware)
        {
            return $"the FIDO key {hardware}";
        }

        return named is null && host.Ssh is { UsesKerberos: true } && (HasTickets(environment) || (files.Length == 0 && KeysOf(agent).Count == 0)) ? "GSSAPIAuthentication" : null;
    }

    /// <summary>Whether there is a cache of tickets where Kerberos keeps it by itself; whether they are still valid <c>ssh</c> finds out.</summary>
    public static bool HasTickets(Func<string, string?> environment)
    {
        if (environment("KRB5CCNAME") is { Length: > 0 } named)
        {
            return named.Split(':', 2) is not ["FILE" or "DIR", var path] ? !named.StartsWith('/') || File.Exists(named) : Path.Exists(path);
        }

        return OperatingSystem.IsLinux() && File.Exists($"/tmp/krb5cc_{OwnUserId()}");
    }

    private static string OwnUserId() =>
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2];

    /// <summary>Their types begin with 'sk-': "security key".</summary>
    private static bool IsOfHardware(byte[]? key) => key is not null && KnownHostsLine.TypeOf(key)?.StartsWith("sk-", StringComparison.Ordinal) == true;

    private static bool Holds(SshKeyAgent? agent, byte[]? key) => KeysOf(agent).Any(held => held.Blob.AsSpan().SequenceEqual(key));

    private static IReadOnlyList<AgentKey> KeysOf(SshKeyAgent? agent)
    {
        try
        {
            return agent?.Keys() ?? [];
        }
        catch (IOException)
        {
            return []; // an agent that cannot be asked is as good as none
        }
    }
}
