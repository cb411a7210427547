using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Murder.Swarm.IO.Tests;

/// <summary>One deploy's authority and what it issued, and the credentials of those who do not belong to it.</summary>
internal sealed class Membership : IDisposable
{
    private readonly List<MemberTls> _issued = [];
    private readonly SwarmAuthority _foreign = new(TimeProvider.System);

    public SwarmAuthority Authority { get; } = new(TimeProvider.System);

    /// <summary>What outsiders show, by name.</summary>
    public static string[] Outsiders => ["no certificate", "another deploy", "expired", "not yet valid", "wrong usage", "half the usage", "issued by a member", "signed by itself", "the tracker's"];

    public static PeerId Id(int number) => PeerId.Create(new SwarmRandom((ulong)number));

    public MemberTls Member(int number) => Use(Authority.Issue(Id(number)));

    public MemberTls Tracker() => Use(Authority.IssueTracker());

    public MemberTls Use(MemberCredential credential)
    {
        MemberTls security = new(credential, TimeProvider.System);
        _issued.Add(security);
        return security;
    }

    /// <summary>Makes a driver a member with this number.</summary>
    public Func<SwarmDriverOptions, SwarmDriverOptions> Joins(int number) => options => options with { Security = Member(number) };

    /// <param name="asServer">for one that is connected to</param>
    public X509Certificate2? Outsider(string which, bool asServer = false)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string name = MemberName.Of(Id(77));
        return which switch
        {
            "no certificate" => null,
            "another deploy" => Load(_foreign.Issue(Id(77))),
            "expired" => Load(Authority.Issue(name, now.AddMinutes(-4), now.AddMinutes(-1), MemberTls.Usages)),
            "not yet valid" => Load(Authority.Issue(name, now.AddMinutes(2), now.AddMinutes(9), MemberTls.Usages)),
            "wrong usage" => Load(Authority.Issue(name, now.AddMinutes(-4), now.AddMinutes(9), [new Oid("1.3.6.1.5.5.7.3.3")])),
            "half the usage" => Load(Authority.Issue(name, now.AddMinutes(-4), now.AddMinutes(9), [MemberTls.Usages[asServer ? 0 : 1]])),
            "issued by a member" => IssuedBy(Load(Authority.Issue(Id(78))), name),
            "signed by itself" => IssuedBy(null, name),
            "the tracker's" => Load(Authority.IssueTracker()),
            _ => throw new ArgumentOutOfRangeException(nameof(which), which, null),
        };
    }

    public static X509Certificate2 Load(MemberCredential credential)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(credential.PrivateKey, out _);
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(credential.Certificate);
        return certificate.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        _issued.ForEach(security => security.Dispose());
        _foreign.Dispose();
        Authority.Dispose();
    }

    /// <summary>What somebody can make who has a member's key, or none.</summary>
    private static X509Certificate2 IssuedBy(X509Certificate2? issuer, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(MemberTls.Usages, critical: true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (issuer is null)
        {
            return request.CreateSelfSigned(now.AddMinutes(-1), now.AddMinutes(9));
        }

        using X509Certificate2 certificate = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!), now.AddMinutes(-1), now.AddMinutes(9), [1, 2, 3]);
        return certificate.CopyWithPrivateKey(key);
    }
}
