using Renci.SshNet;

namespace Murder.Deploy;

/// <summary>
/// Gives an SSH.NET connection its algorithms: those that ssh's configuration asks for, in that order. Where it leaves the choice open, the key exchange over
/// curve25519, because the one that OpenSSH prefers (sntrup761) costs 60 to 77 ms of processor time a host in place of 8 to 10, and AES-GCM, because with
/// AES-CTR and a separate MAC half as many bytes pass.
/// </summary>
internal static class SshNetAlgorithms
{
    private const string Sha1 = "ssh-rsa"; // its name, but for the signature it is

    private static readonly ConnectionInfo s_all = new("host", "user", new NoneAuthenticationMethod("user"));

    public static IReadOnlyList<string> KeyExchanges { get; } = [.. s_all.KeyExchangeAlgorithms.Keys.OrderBy(name => name.StartsWith("curve25519-", StringComparison.Ordinal) ? 0 : 1)];

    public static IReadOnlyList<string> Ciphers { get; } = [.. s_all.Encryptions.Keys.OrderBy(name => name.Contains("-gcm@", StringComparison.Ordinal) ? 0 : 1)];

    public static IReadOnlyList<string> Macs { get; } = [.. s_all.HmacAlgorithms.Keys];

    /// <summary>Nothing with SHA-1: who still needs that has to say so.</summary>
    public static IReadOnlyList<string> HostKeys { get; } = [.. s_all.HostKeyAlgorithms.Keys.Where(name => !name.StartsWith(Sha1, StringComparison.Ordinal))];

    /// <summary>The option of ssh_config(5) that asks for nothing SSH.NET has; null when there is none.</summary>
    public static string? OptionNotMet(SshAlgorithms wanted) =>
        IsNotMet(wanted.KeyExchanges, s_all.KeyExchangeAlgorithms) ? "KexAlgorithms"
        : IsNotMet(wanted.Ciphers, s_all.Encryptions) ? "Ciphers"
        : IsNotMet(wanted.Macs, s_all.HmacAlgorithms) ? "MACs"
        : IsNotMet(wanted.HostKeys, s_all.HostKeyAlgorithms) ? "HostKeyAlgorithms"
        : null;

    public static void Choose(ConnectionInfo connection, SshAlgorithms wanted)
    {
        Keep(connection.KeyExchangeAlgorithms, wanted.KeyExchanges ?? KeyExchanges);
        Keep(connection.Encryptions, wanted.Ciphers ?? Ciphers);
        Keep(connection.HmacAlgorithms, wanted.Macs ?? Macs);
        Keep(connection.HostKeyAlgorithms, wanted.HostKeys ?? HostKeys);
    }

    /// <summary>Leaves of what there is what is named, in that order.</summary>
    public static void Keep<T>(IDictionary<string, T> algorithms, IEnumerable<string> names)
    {
        (string Name, T Algorithm)[] kept = [.. names.Distinct(StringComparer.Ordinal).Where(algorithms.ContainsKey).Select(name => (name, algorithms[name]))];
        algorithms.Clear();
        foreach ((string name, T algorithm) in kept)
        {
            algorithms.Add(name, algorithm);
        }
    }

    private static bool IsNotMet<T>(IReadOnlyList<string>? wanted, IDictionary<string, T> there) => wanted is not null && !wanted.Any(there.ContainsKey);
}
