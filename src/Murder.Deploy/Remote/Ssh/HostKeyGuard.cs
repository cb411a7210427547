using Murder.PeerHost.Contract;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace Murder.Deploy;

/// <summary>Ties <see cref="KnownHosts"/> to one SSH.NET connection.</summary>
/// <param name="learn">keeps the key of a host that nothing is known of, so that it is trusted from now on; null when such a host is refused</param>
internal sealed class HostKeyGuard(TargetHost host, KnownHosts knownHosts, TimeProvider time, Action<byte[]>? learn = null)
{
    private const string CertificateSuffix = "-cert-v01@openssh.com";

    private readonly HostKeys _keys = knownHosts.Of(host);
    private byte[]? _trusted;
    private Certificate? _lapsed; // what the host showed, if it is not valid today

    /// <summary>The server has shown its key: what fails from here on is not an overloaded sshd.</summary>
    public bool Asked { get; private set; }

    public void Attach(SshClient client)
    {
        OrderAlgorithms(client.ConnectionInfo.HostKeyAlgorithms);
        client.HostKeyReceived += (_, shown) => Check(shown);
    }

    /// <summary>
    /// Known key types first, or a server with several keys shows one that we do not have and looks like an impostor; unless the configuration has an order of
    /// its own, which ssh keeps too. Certificates only when something is known of authorities.
    /// </summary>
    private void OrderAlgorithms(IDictionary<string, Func<byte[], KeyHostAlgorithm>> algorithms)
    {
        IEnumerable<string> usable = [.. algorithms.Keys.Where(name => _keys.AsksForCertificate || !IsCertificate(name))];
        bool isOrdered = host.Ssh?.Algorithms.OrdersHostKeys == true;
        SshNetAlgorithms.Keep(algorithms, isOrdered ? usable : usable.OrderBy(name => IsCertificate(name) ? 0 : _keys.KnownTypes.Any(type => IsOfType(name, type)) ? 1 : 2));
        foreach (string name in algorithms.Keys.Where(IsCertificate).ToArray())
        {
            if (algorithms.TryGetValue(name[..^CertificateSuffix.Length], out Func<byte[], KeyHostAlgorithm>? plain))
            {
                Func<byte[], KeyHostAlgorithm> certified = algorithms[name];
                algorithms[name] = shown => InDate(certified(shown), plain);
            }
        }
    }

    /// <summary>SSH.NET ends the connection over a certificate that is not valid today, and says nothing of it. To ssh it is the plain key then, and so it is to us.</summary>
    private KeyHostAlgorithm InDate(KeyHostAlgorithm shown, Func<byte[], KeyHostAlgorithm> plain)
    {
        if (shown is not CertificateHostAlgorithm { Certificate: var certificate })
        {
            return shown;
        }

        ulong now = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        if (certificate.ValidAfterUnixSeconds <= now && now < certificate.ValidBeforeUnixSeconds)
        {
            return shown;
        }

        _lapsed = certificate;
        return plain(PlainKeyOf(certificate));
    }

    private static byte[] PlainKeyOf(Certificate certificate) => new KeyHostAlgorithm(certificate.Key.ToString()!, certificate.Key).Data;

    private static bool IsCertificate(string algorithm) => algorithm.EndsWith(CertificateSuffix, StringComparison.Ordinal);

    private static bool IsOfType(string algorithm, string keyType) =>
        algorithm == keyType || (keyType == "ssh-rsa" && algorithm.StartsWith("rsa-sha2-", StringComparison.Ordinal));

    /// <summary>Called again at every rekey of the connection; an exception reaches whoever connects, or ends the connection.</summary>
    /// <exception cref="HostException">the key is not trusted</exception>
    private void Check(HostKeyEventArgs shown)
    {
        shown.CanTrust = false; // SSH.NET starts with true
        Asked = true;
        if (_trusted is null || !_trusted.AsSpan().SequenceEqual(shown.HostKey))
        {
            Certificate? certificate = shown.Certificate ?? _lapsed;
            var key = certificate is null
                ? new ShownHostKey(shown.HostKey, null)
                : new ShownHostKey(
                    PlainKeyOf(certificate),
                    new ShownCertificate(certificate.CertificateAuthorityKey, certificate.Type == Certificate.CertificateType.Host && _lapsed is null, [.. certificate.ValidPrincipals], certificate.CriticalOptions.Count > 0));
            ThrowUnlessTrusted(key);
            _trusted = shown.HostKey;
        }

        shown.CanTrust = true;
    }

    private void ThrowUnlessTrusted(ShownHostKey key)
    {
        HostKeyVerdict verdict = _keys.Judge(key);
        string shows = $"{host.Name} ({host.Endpoint}) shows the host key {key.Fingerprint}";
        switch (verdict.Trust)
        {
            case HostKeyTrust.Trusted:
                return;
            case HostKeyTrust.Unknown or HostKeyTrust.CertificateRefused when learn is not null:
                learn(key.Blob);
                return;
            case HostKeyTrust.Unknown:
                throw new HostException(HostFailure.HostKeyUnknown, $"{shows}, which is in none of {string.Join(", ", knownHosts.Files)}");
            case HostKeyTrust.CertificateRefused:
                throw new HostException(HostFailure.HostKeyUnknown, $"{shows} with a certificate of the authority at {verdict.Where}, but the certificate {(_lapsed is null ? $"does not speak for {host.HostName}" : $"is valid from {_lapsed.ValidAfter:u} to {_lapsed.ValidBefore:u}")}");
            case HostKeyTrust.Changed:
                throw new HostException(HostFailure.HostKeyChanged, $"{shows}, but {verdict.Where} has another one");
            case HostKeyTrust.Revoked:
                throw new HostException(HostFailure.HostKeyChanged, $"{shows}, which {verdict.Where} revokes");
            default:
                throw new InvalidOperationException($"no verdict {verdict.Trust}");
        }
    }
}
