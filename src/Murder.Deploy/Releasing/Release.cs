using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>One published output, ready to be shipped.</summary>
/// <param name="Directory">the publish folder, which the seeder reads from</param>
public sealed record Release(ReleaseId Id, string Directory, Metainfo Metainfo)
{
    private const int ContentIdLength = 8;

    /// <summary><c>VERSION-UTCTIME-CONTENTID</c>; the content id is the beginning of the info-hash.</summary>
    public static ReleaseId MakeId(NuGet.Versioning.NuGetVersion version, DateTimeOffset at, InfoHash infoHash) =>
        ReleaseId.Parse($"{version.ToFullString()}-{at.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{infoHash.ToString()[..ContentIdLength]}");
}
