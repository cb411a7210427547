using System.Collections.Concurrent;
using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace Murder.Deploy;

/// <summary>Private keys from their files, each read and decrypted once: a passphrase costs a tenth of a second of processor time each time it is used. Thread-safe.</summary>
internal sealed class SshKeyFiles
{
    private const int HeaderLines = 3;
    private const string PublicSuffix = ".pub";

    private readonly ConcurrentDictionary<string, Lazy<SshKeyFile>> _opened = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]?> _publicKeys = new(StringComparer.Ordinal);

    /// <param name="certificates">that may be of the key; that of its own name is found</param>
    /// <exception cref="SshPassPhraseNullOrEmptyException">it is encrypted, and there is no passphrase</exception>
    /// <exception cref="SshException">it makes no sense, as it does not with a wrong passphrase</exception>
    /// <exception cref="IOException">it cannot be read, as other exceptions say too: of access, format and support</exception>
    public SshKeyFile Open(string path, string? passphrase, IReadOnlyList<string> certificates) =>
        _opened.GetOrAdd(string.Join('\n', [path, .. certificates]), _ => new Lazy<SshKeyFile>(() => new SshKeyFile(Read(path, passphrase, certificates)))).Value;

    /// <summary>
    /// The public half (RFC 4253, section 6.6), which lies beside a key or, in OpenSSH's own format, before its secret; or is all that was named. Null when it is
    /// told by none.
    /// </summary>
    public byte[]? PublicKeyOf(string path) => _publicKeys.GetOrAdd(path, static file => TryReadPublic(file + PublicSuffix) ?? TryReadPublic(file) ?? OpenSshKeyFile.TryReadPublicKey(file));

    /// <summary>There is such a key, if only its public half: then an agent may hold the other.</summary>
    public static bool Exists(string path) => File.Exists(path) || File.Exists(path + PublicSuffix);

    /// <summary>The private half is not there.</summary>
    public static bool IsPublicOnly(string path) => TryReadPublic(path) is not null || (!File.Exists(path) && File.Exists(path + PublicSuffix));

    /// <summary>Whether it is a key that takes a passphrase.</summary>
    public static bool IsEncrypted(string path)
    {
        if (File.ReadLines(path).Take(HeaderLines).Any(line => line.Contains("ENCRYPTED", StringComparison.Ordinal)))
        {
            return true; // PEM and PKCS #8 say so
        }

        try
        {
            Parse(path, passphrase: null, certificate: null).Dispose();
            return false;
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            return true;
        }
        catch (SshException)
        {
            return false; // it is no key at all
        }
    }

    /// <summary>Null when the file is no public key: its type stands before it and in it.</summary>
    private static byte[]? TryReadPublic(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= OpenSshKeyFile.BytesMax })
            {
                return null;
            }

            string[] words = File.ReadAllText(path, Encoding.UTF8).Split(' ', 3);
            return words.Length > 1 && Convert.FromBase64String(words[1].Trim()) is var key && KnownHostsLine.TypeOf(key) == words[0] ? key : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null; // expected: many keys come without their public half
        }
    }

    /// <summary>As ssh: with a certificate that lies beside the key, or that the configuration names for it.</summary>
    private static PrivateKeyFile Read(string path, string? passphrase, IReadOnlyList<string> certificates)
    {
        string beside = path + "-cert.pub";
        foreach (string certificate in certificates.Prepend(beside).Where(File.Exists))
        {
            try
            {
                return Parse(path, passphrase, certificate);
            }
            catch (ArgumentException)
            {
                // Expected: it is another key's.
            }
        }

        return Parse(path, passphrase, certificate: null);
    }

    /// <summary>Each format has a parser of its own, and what that throws when a passphrase has decrypted it to nonsense is whatever it stumbles over.</summary>
    private static PrivateKeyFile Parse(string path, string? passphrase, string? certificate)
    {
        try
        {
            return certificate is null ? new PrivateKeyFile(path, passphrase) : new PrivateKeyFile(path, passphrase, certificate);
        }
        catch (Exception e) when (e is not (SshException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException) || e.GetType().Namespace?.StartsWith("Org.BouncyCastle", StringComparison.Ordinal) == true)
        {
            throw new SshException($"it makes no sense: {e.Message}", e); // all others: of the cipher, of ASN.1, of a number that is out of range
        }
    }
}

/// <summary>A key that many connections log in with.</summary>
internal sealed class SshKeyFile(PrivateKeyFile file)
{
    private readonly Lock _signing = new();

    public string Fingerprint { get; } = ShownHostKey.FingerprintOf(new KeyHostAlgorithm(file.Key.ToString()!, file.Key).Data);

    /// <summary>Its algorithms, those of a certificate before those of the plain key.</summary>
    public IReadOnlyList<HostAlgorithm> Algorithms => [.. file.HostKeyAlgorithms.Select(algorithm => new OneAtATime(algorithm, _signing))];

    /// <summary>SSH.NET does not say whether two threads may sign with one key.</summary>
    private sealed class OneAtATime(HostAlgorithm algorithm, Lock signing) : HostAlgorithm(algorithm.Name)
    {
        public override byte[] Data => algorithm.Data;

        public override byte[] Sign(byte[] data)
        {
            lock (signing)
            {
                return algorithm.Sign(data);
            }
        }

        public override bool VerifySignature(byte[] data, byte[] signature) => algorithm.VerifySignature(data, signature);
    }
}
