using Murder.PeerHost.Contract;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace Murder.Deploy;

/// <summary>The private keys offered to one host. Loaded anew for each connection, which owns and disposes them.</summary>
internal sealed class SshIdentities : IDisposable
{
    private readonly List<PrivateKeyFile> _files = [];
    private readonly List<string> _descriptions = [];

    private SshIdentities()
    {
    }

    /// <summary>Each key with one algorithm, because every algorithm is one of the few tries an sshd allows.</summary>
    public IPrivateKeySource[] Sources => [.. _files.Select(file => new OneAlgorithmSource(file))];

    /// <summary>For messages: <c>PATH (SHA256:…)</c>, separated by commas.</summary>
    public override string ToString() => string.Join(", ", _descriptions);

    /// <exception cref="HostException">the named key cannot be used, or none of the usual ones can</exception>
    public static SshIdentities Load(TargetHost host, SshOptions options)
    {
        var identities = new SshIdentities();
        if (options.IdentityOf(host) is { } named)
        {
            if (identities.TryAdd(named) is { } reason)
            {
                throw new HostException(HostFailure.IdentityUnusable, $"{host.Name}: the private key {named} {reason}");
            }

            return identities;
        }

        var reasons = new List<string>();
        foreach (string path in options.UsualIdentityFiles.Where(File.Exists).Take(options.IdentitiesMax))
        {
            if (identities.TryAdd(path) is { } reason)
            {
                reasons.Add($"{path} {reason}");
            }
        }

        return identities._files.Count > 0 ? identities : throw new HostException(HostFailure.IdentityUnusable, $"{host.Name}: " + (reasons.Count > 0
            ? string.Join("; ", reasons)
            : $"there is no private key; looked for {string.Join(", ", options.UsualIdentityFiles)}"));
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    /// <returns>why the key cannot be used, as the end of a sentence; null when it can</returns>
    private string? TryAdd(string path)
    {
        try
        {
            string certificate = path + "-cert.pub"; // as ssh: a certificate beside its key is offered with it
            PrivateKeyFile file = File.Exists(certificate) ? new PrivateKeyFile(path, null, certificate) : new PrivateKeyFile(path);
            _files.Add(file);
            _descriptions.Add($"{path} ({ShownHostKey.FingerprintOf(new KeyHostAlgorithm(file.Key.ToString()!, file.Key).Data)})");
            return null;
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            return "is encrypted, and a build cannot ask for its passphrase";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return "does not exist";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SshException or FormatException or NotSupportedException or ArgumentException)
        {
            return $"cannot be read: {e.Message}"; // expected: a key of a kind that is not supported, or no key at all
        }
    }

    private sealed class OneAlgorithmSource(PrivateKeyFile file) : IPrivateKeySource
    {
        /// <summary>A certificate and its plain key are two; of the three names of an RSA key only the one with SHA-512 is left.</summary>
        public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; } = [.. file.HostKeyAlgorithms.Where(algorithm =>
            !algorithm.Name.StartsWith("ssh-rsa", StringComparison.Ordinal) && !algorithm.Name.StartsWith("rsa-sha2-256", StringComparison.Ordinal))];
    }
}
