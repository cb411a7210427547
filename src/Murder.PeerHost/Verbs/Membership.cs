using System.Security.Cryptography;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>Reads what makes an agent a member of a swarm out of the command that says so.</summary>
internal static class Membership
{
    /// <exception cref="VerbException">the metainfo is refused</exception>
    public static Metainfo ParseMetainfo(MetainfoCommand command) =>
        MetainfoReader.TryRead(command.Metainfo, out Metainfo? metainfo, out string? error)
            ? metainfo!
            : throw new VerbException(HostFailure.MetainfoRefused, $"the metainfo of this deploy is refused: {error}");

    /// <summary>Null in a swarm without certificates.</summary>
    /// <exception cref="VerbException">the credential cannot be used</exception>
    public static MemberTls? OpenCredential(SwarmCommand command, TimeProvider time)
    {
        try
        {
            return command.Credential is { } credential ? new MemberTls(credential, time) : null;
        }
        catch (CryptographicException e)
        {
            throw new VerbException(HostFailure.ProtocolMismatch, $"the credential of this deploy cannot be used: {e.Message}", e);
        }
    }
}
