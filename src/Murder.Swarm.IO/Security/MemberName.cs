using System.Security.Cryptography.X509Certificates;

namespace Murder.Swarm.IO;

/// <summary>Whom a certificate names: the deploy's tracker, or the one peer that may use this peer id.</summary>
internal static class MemberName
{
    public const string Tracker = "tracker";

    private const string PeerPrefix = "peer ";

    public static string Of(PeerId peer) => PeerPrefix + Convert.ToHexStringLower(peer.ToArray());

    public static string Of(X509Certificate2 certificate) => certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>Null when the certificate names no peer. Its authority has been checked: what it says is what the deployer wrote.</summary>
    public static PeerId? PeerOf(X509Certificate2 certificate)
    {
        string name = Of(certificate);
        return name.StartsWith(PeerPrefix, StringComparison.Ordinal) && name.Length == PeerPrefix.Length + (2 * PeerId.Size)
            ? new PeerId(Convert.FromHexString(name.AsSpan(PeerPrefix.Length)))
            : null;
    }
}
