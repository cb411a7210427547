using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Murder.Swarm.IO;

/// <summary>
/// One member's side of mutual TLS 1.3: shows its certificate, and speaks to nobody who does not show one of the same deploy. The deploy's
/// authority is the only root; nothing of the system's is trusted, and nothing is looked up in the network. Time is the deployer's: it came
/// with the credential and is counted on from there, so that a host whose clock is wrong can take part. Thread-safe.
/// </summary>
public sealed class MemberTls : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1"; // id-kp-serverAuth, RFC 5280
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2"; // id-kp-clientAuth

    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly DateTimeOffset _issuedAt;
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _certificate;
    private readonly SslStreamCertificateContext _context;

    /// <exception cref="CryptographicException">the credential cannot be used</exception>
    public MemberTls(MemberCredential credential, TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
        try
        {
            _issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(credential.IssuedAtMilliseconds);
            _authority = X509CertificateLoader.LoadCertificate(credential.Authority);
            using ECDsa key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(credential.PrivateKey, out _);
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(credential.Certificate);
            _certificate = certificate.CopyWithPrivateKey(key);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("the credential's parts do not belong together", e);
        }

        // Said to be the trust here too, or the system's roots would be read to look for intermediates that we do not have.
        _context = SslStreamCertificateContext.Create(_certificate, null, offline: true, SslCertificateTrust.CreateForX509Collection([_authority]));
        Peer = MemberName.PeerOf(_certificate);
    }

    /// <summary>The peer that this member may be; null for the tracker.</summary>
    public PeerId? Peer { get; }

    /// <summary>What a certificate must be good for: every member opens connections and accepts them.</summary>
    internal static OidCollection Usages => [new Oid(ServerUsage), new Oid(ClientUsage)];

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
    }

    /// <summary>Takes over the stream; null when the other side does not prove to be a peer of this deploy, or the token is cancelled.</summary>
    internal async Task<PeerChannel?> AuthenticatePeerAsync(Stream stream, bool isClient, CancellationToken cancellationToken)
    {
        PeerId? peer = null;
        GatheringStream gathering = new(stream);
        SslStream? secured = await AuthenticateAsync(gathering, isClient, certificate => (peer = MemberName.PeerOf(certificate)) is not null, cancellationToken).ConfigureAwait(false);
        gathering.IsGathering = true;
        return secured is null ? null : new PeerChannel(secured, peer);
    }

    /// <summary>Takes over the stream; null when the other side does not prove to be the tracker of this deploy, or the token is cancelled.</summary>
    internal Task<SslStream?> AuthenticateTrackerAsync(Stream stream, CancellationToken cancellationToken) =>
        AuthenticateAsync(stream, isClient: true, certificate => MemberName.Of(certificate) == MemberName.Tracker, cancellationToken);

    private async Task<SslStream?> AuthenticateAsync(Stream stream, bool isClient, Predicate<X509Certificate2> isExpected, CancellationToken cancellationToken)
    {
        SslStream secured = new(stream);
        try
        {
            await (isClient
                ? secured.AuthenticateAsClientAsync(ClientOptions(Check), cancellationToken)
                : secured.AuthenticateAsServerAsync(ServerOptions(Check), cancellationToken)).ConfigureAwait(false);
            return secured;
        }
        catch (Exception)
        {
            // Expected: a stranger sent anything, or nothing in time. Not caught by type, since whatever the bytes of a stranger make TLS
            // throw concerns this one connection, and must not end the deploy.
            await secured.DisposeAsync().ConfigureAwait(false);
            return null;
        }

        // Peers are reached by addresses that change; certificates name members, so that the names of hosts say nothing.
        bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
            (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
            && certificate is X509Certificate2 shown
            && IsForMembers(shown)
            && isExpected(shown);
    }

    /// <summary>A certificate without the extension would be good for anything.</summary>
    private static bool IsForMembers(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } usage
        && Usages.Cast<Oid>().All(wanted => usage.EnhancedKeyUsages.Cast<Oid>().Any(has => has.Value == wanted.Value));

    private SslServerAuthenticationOptions ServerOptions(RemoteCertificateValidationCallback check) => new()
    {
        ServerCertificateContext = _context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        CipherSuitesPolicy = Suites(),
        CertificateChainPolicy = ChainPolicy(),
        RemoteCertificateValidationCallback = check,
        AllowTlsResume = false, // connections last as long as the deploy; a ticket would be one more secret
    };

    private SslClientAuthenticationOptions ClientOptions(RemoteCertificateValidationCallback check) => new()
    {
        ClientCertificateContext = _context,
        TargetHost = "",
        EnabledSslProtocols = SslProtocols.Tls13,
        CipherSuitesPolicy = Suites(),
        CertificateChainPolicy = ChainPolicy(),
        RemoteCertificateValidationCallback = check,
        AllowTlsResume = false,
    };

    /// <summary>Both sides are ours, so one suite is enough: the one that took the least CPU (1.06 s/GB for both sides; AES-256 1.24, ChaCha20 1.56; one run each, with AES-NI).</summary>
    private static CipherSuitesPolicy? Suites() =>
        OperatingSystem.IsLinux() ? new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256]) : null;

    /// <summary>For one connection: the time of verification is now.</summary>
    private X509ChainPolicy ChainPolicy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { _authority },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        VerificationFlags = X509VerificationFlags.NoFlag,
        VerificationTimeIgnored = false,
        VerificationTime = (_issuedAt + _time.GetElapsedTime(_origin)).UtcDateTime,
    };
}
