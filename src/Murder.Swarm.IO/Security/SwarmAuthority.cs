using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Murder.Swarm.IO;

/// <summary>
/// The certificate authority of one deploy. Its key is made here, never leaves the process, and is gone with this object: nobody can become
/// a member afterwards. Thread-safe.
/// </summary>
public sealed class SwarmAuthority : IDisposable
{
    /// <summary>A certificate's times are whole seconds, and the members count time from when they heard of it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _madeAt;
    private readonly long _origin;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    /// <param name="time">its clock is the clock of the whole deploy</param>
    public SwarmAuthority(TimeProvider time)
    {
        _time = time;
        _madeAt = time.GetUtcNow();
        _origin = time.GetTimestamp();

        // The name differs from deploy to deploy, so that chains of another one are not even tried.
        string name = "murder " + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        CertificateRequest request = Request(name, _key, isAuthority: true);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(_madeAt - Margin, _madeAt + Lifetime);
    }

    /// <summary>No deploy may last longer: connections that are opened later are refused.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(1);

    /// <summary>Makes a key and a certificate for the peer that has this id.</summary>
    public MemberCredential Issue(PeerId peer) => Issue(MemberName.Of(peer), _madeAt - Margin, _madeAt + Lifetime, MemberTls.Usages);

    /// <summary>Makes a key and a certificate for the deploy's tracker.</summary>
    public MemberCredential IssueTracker() => Issue(MemberName.Tracker, _madeAt - Margin, _madeAt + Lifetime, MemberTls.Usages);

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    internal MemberCredential Issue(string name, DateTimeOffset notBefore, DateTimeOffset notAfter, OidCollection usages)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key, isAuthority: false);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, critical: true));
        lock (_gate)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
            using X509Certificate2 certificate = request.Create(_certificate, notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
            return new MemberCredential
            {
                Authority = _certificate.RawData,
                Certificate = certificate.RawData,
                PrivateKey = key.ExportPkcs8PrivateKey(),
                IssuedAtMilliseconds = (_madeAt + _time.GetElapsedTime(_origin)).ToUnixTimeMilliseconds(),
            };
        }
    }

    /// <summary>The authority may sign members' certificates and nothing else: a member that signed one would be no authority.</summary>
    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        X500DistinguishedNameBuilder subject = new();
        subject.AddCommonName(name);
        CertificateRequest request = new(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, isAuthority, pathLengthConstraint: 0, critical: true));
        return request;
    }
}
