namespace Murder.Testing;

/// <summary>SSH keys, made by ssh-keygen itself.</summary>
public static class KeyGen
{
    /// <summary>Writes PATH and PATH.pub.</summary>
    public static void Make(string path, string type, string passphrase = "") =>
        Command.Run("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "murder-test", "-f", path);

    /// <summary>Hashes the names in a known_hosts file.</summary>
    public static void HashNames(string knownHostsPath) => Command.Run("ssh-keygen", "-q", "-H", "-f", knownHostsPath);

    /// <summary>The line numbers of a known_hosts file that ssh-keygen finds for a name.</summary>
    public static IReadOnlyList<int> FindLines(string knownHostsPath, string name) =>
        [.. (Command.TryRun("ssh-keygen", "-F", name, "-f", knownHostsPath) ?? "")
            .Split('\n')
            .Where(line => line.StartsWith('#'))
            .Select(line => int.Parse(line[(line.IndexOf("line ", StringComparison.Ordinal) + 5)..].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Signs PATH.pub as the key of a host, into PATH-cert.pub.</summary>
    public static void CertifyHost(string authorityPath, string path, string principals) =>
        Command.Run("ssh-keygen", "-q", "-s", authorityPath, "-I", "murder-test", "-h", "-n", principals, path + ".pub");
}
