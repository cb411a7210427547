using System.Text.Json.Serialization;

namespace Murder.PeerHost.Contract;

/// <summary>How the active release of a host compares with the metainfo that was kept of it when it was staged.</summary>
/// <param name="Differences">the first by path, of all that there are</param>
/// <param name="DifferenceCount">of all; 0 when the release is what it was</param>
/// <param name="Obstacle">why it could not be compared, as half a sentence; null when it was</param>
public sealed record ReleaseVerification(IReadOnlyList<ReleaseDifference> Differences, long DifferenceCount, string? Obstacle)
{
    public static ReleaseVerification Impossible(string obstacle) => new([], 0, obstacle);
}

/// <summary>How an entry of a release is no longer what the metainfo says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DifferenceKind>))]
public enum DifferenceKind
{
    /// <summary>The content of a file.</summary>
    Changed,

    Missing,

    /// <summary>Something is there that the release has not.</summary>
    Added,

    /// <summary>The permissions of a file.</summary>
    Mode,

    /// <summary>A symlink points elsewhere, or is none.</summary>
    Target,

    /// <summary>Nobody can tell.</summary>
    Unreadable,
}

/// <param name="Path">relative to the release; may be shortened in front</param>
/// <param name="Text">the rest of a sentence that begins with the path</param>
public sealed record ReleaseDifference(string Path, DifferenceKind Kind, string Text)
{
    public override string ToString() => $"{Path} {Text}";
}
