using System.Security.Cryptography;

namespace Murder.Deploy;

internal enum HostKeyTrust
{
    Trusted,
    Unknown,
    Changed,
    Revoked,

    /// <summary>A certificate of a trusted authority that does not speak for this host.</summary>
    CertificateRefused,
}

/// <param name="Where"><c>FILE:LINE</c> that decided; null when no line did</param>
internal sealed record HostKeyVerdict(HostKeyTrust Trust, string? Where);

/// <summary>A key a server showed, in blobs of RFC 4253, section 6.6. Names of algorithms say nothing: an RSA key has three.</summary>
/// <param name="Blob">the plain public key, also of a certificate</param>
/// <param name="Certificate">null for a plain key</param>
internal sealed record ShownHostKey(byte[] Blob, ShownCertificate? Certificate)
{
    public string Fingerprint => FingerprintOf(Blob);

    /// <summary>As ssh prints it: <c>SHA256:…</c>.</summary>
    public static string FingerprintOf(ReadOnlySpan<byte> blob) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');
}

/// <summary>The parts of a host certificate that trust depends on; its signature and validity were checked by the SSH library.</summary>
internal sealed record ShownCertificate(byte[] Authority, bool IsForHost, IReadOnlyList<string> Principals, bool HasCriticalOptions);

/// <summary>The known_hosts lines that speak of one host, and the verdict on a key it shows; the same verdict as ssh with <c>StrictHostKeyChecking=yes</c>.</summary>
/// <param name="host">lower case, without a port: what a certificate names</param>
/// <param name="named">lines for the host with its port</param>
/// <param name="portless">lines for the host alone when its port is not 22; they can trust and revoke, but not contradict</param>
internal sealed class HostKeys(string host, IReadOnlyList<KnownHostsLine> named, IReadOnlyList<KnownHostsLine> portless)
{
    public const int DefaultPort = 22;

    /// <summary>Key types to ask the server for first: a server with several keys must not show one we happen not to have. As with ssh, not those of the host without its port.</summary>
    public IReadOnlyList<string> KnownTypes { get; } = [.. named.Where(IsPlain).Select(line => line.Type).Distinct()];

    /// <summary>Whether a certificate of this host could be trusted at all, or be one of an authority that nobody may trust any more.</summary>
    public bool AsksForCertificate { get; } = named.Concat(portless).Any(line => line.Mark is HostKeyMark.Authority or HostKeyMark.Revoked);

    public HostKeyVerdict Judge(ShownHostKey key)
    {
        HostKeyVerdict verdict = Judge(key, named);
        if (verdict.Trust is not (HostKeyTrust.Unknown or HostKeyTrust.CertificateRefused))
        {
            return verdict;
        }

        HostKeyVerdict fallback = Judge(key, portless);
        return fallback.Trust is HostKeyTrust.Changed or HostKeyTrust.Unknown ? verdict : fallback;
    }

    private HostKeyVerdict Judge(ShownHostKey key, IReadOnlyList<KnownHostsLine> lines)
    {
        byte[]? authority = key.Certificate?.Authority;
        if (lines.FirstOrDefault(line => line.Mark == HostKeyMark.Revoked && (Same(line, key.Blob) || Same(line, authority))) is { } revoked)
        {
            return new HostKeyVerdict(HostKeyTrust.Revoked, revoked.Where);
        }

        KnownHostsLine? trusted = lines.FirstOrDefault(line => line.Mark == HostKeyMark.Authority && Same(line, authority));
        if (trusted is not null && SpeaksForHost(key.Certificate!))
        {
            return new HostKeyVerdict(HostKeyTrust.Trusted, trusted.Where);
        }

        // A certificate of an authority we do not know, or that does not speak for the host, counts for the plain key in it, as with ssh.
        List<KnownHostsLine> plain = [.. lines.Where(IsPlain)];
        if (plain.Find(line => Same(line, key.Blob)) is { } same)
        {
            return new HostKeyVerdict(HostKeyTrust.Trusted, same.Where);
        }

        return plain.Count > 0 ? new HostKeyVerdict(HostKeyTrust.Changed, plain[0].Where)
            : trusted is not null ? new HostKeyVerdict(HostKeyTrust.CertificateRefused, trusted.Where)
            : new HostKeyVerdict(HostKeyTrust.Unknown, null);
    }

    private bool SpeaksForHost(ShownCertificate certificate) =>
        certificate.IsForHost
        && !certificate.HasCriticalOptions
        && (certificate.Principals.Count == 0 || certificate.Principals.Any(principal => Wildcard.Matches(principal, host)));

    private static bool IsPlain(KnownHostsLine line) => line.Mark == HostKeyMark.None;

    private static bool Same(KnownHostsLine line, byte[]? blob) => blob is not null && line.Blob.AsSpan().SequenceEqual(blob);
}
