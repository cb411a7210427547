using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost;

internal enum ReuseKind
{
    /// <summary>Everything has to be fetched.</summary>
    Nothing,

    /// <summary>The release is there already.</summary>
    Staged,

    /// <summary>An earlier fetch of the same content was left half-way.</summary>
    Partial,

    /// <summary>A whole release of the same content has another id, and there is room to copy it.</summary>
    Copy,
}

/// <summary>What of a release a host has already, before anything of it is believed.</summary>
/// <param name="Source">the release that is meant; of a partial one, whose folder it is</param>
internal readonly record struct Reuse(ReuseKind Kind, ReleaseId Source)
{
    public static Reuse Find(ReleaseStore releases, ReleaseId id, Metainfo metainfo)
    {
        if (releases.IsStaged(id))
        {
            return new Reuse(ReuseKind.Staged, id);
        }

        if (releases.FindPartial(id) is { } partial)
        {
            return new Reuse(ReuseKind.Partial, partial);
        }

        return releases.StagedElsewhere(id, metainfo.Bytes.Span) is { } same && HasRoom(releases, id, DiskSpace.NeededBy(metainfo, Nothing(metainfo)))
            ? new Reuse(ReuseKind.Copy, same)
            : new Reuse(ReuseKind.Nothing, id);
    }

    /// <summary>What the release will take of the disk beyond what lies there. A copy takes all of it, whatever part of it turns out to be right.</summary>
    /// <param name="verified">the pieces that are there and right</param>
    public DiskSpace NeededSpace(Metainfo metainfo, Bitfield verified) => Kind switch
    {
        ReuseKind.Staged => DiskSpace.None,
        ReuseKind.Partial => DiskSpace.NeededBy(metainfo, verified),
        _ => DiskSpace.NeededBy(metainfo, Nothing(metainfo)),
    };

    private static bool HasRoom(ReleaseStore releases, ReleaseId id, DiskSpace needed) =>
        releases.FreeSpace().WhyNotRoomFor(needed, releases.Layout.Releases, id) is null;

    private static Bitfield Nothing(Metainfo metainfo) => new(metainfo.Layout.PieceCount);
}
