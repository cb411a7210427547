using Murder.PeerHost.Contract;

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
    /// <param name="totalLength">bytes of the release, for which there must be room if it is to be copied</param>
    public static Reuse Find(ReleaseStore releases, ReleaseId id, ReadOnlySpan<byte> metainfo, long totalLength)
    {
        if (releases.IsStaged(id))
        {
            return new Reuse(ReuseKind.Staged, id);
        }

        if (releases.FindPartial(id) is { } partial)
        {
            return new Reuse(ReuseKind.Partial, partial);
        }

        return releases.StagedElsewhere(id, metainfo) is { } same && releases.FreeBytes() >= totalLength
            ? new Reuse(ReuseKind.Copy, same)
            : new Reuse(ReuseKind.Nothing, id);
    }
}
