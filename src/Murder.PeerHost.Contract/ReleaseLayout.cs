namespace Murder.PeerHost.Contract;

/// <summary>
/// Where things lie below the root of an application on a host:
/// <code>
/// releases/ID/            one immutable release
/// releases/ID.partial/    being fetched
/// releases/.removed-…/    being removed
/// current                 symlink to releases/ID
/// shared/                 survives releases, which have links into it
/// shared/murder.env       variables for the commands of a release
/// .murder/                lock, audit log
/// .murder/metainfo/       ID.torrent of each release, to check it by later
/// </code>
/// </summary>
/// <param name="root">absolute path</param>
public sealed class ReleaseLayout(string root)
{
    public const string PartialSuffix = ".partial";

    /// <summary>Begins the name of a folder in <see cref="Releases"/> that is being removed. No release id begins with a dot.</summary>
    public const string RemovedPrefix = ".removed-";

    public string Root { get; } = root;

    public string Releases => Path.Combine(Root, "releases");

    public string Current => Path.Combine(Root, "current");

    public string Shared => Path.Combine(Root, "shared");

    /// <summary>Variables for the commands of a release, one a line; see <see cref="ActivationSteps"/>.</summary>
    public string Variables => Path.Combine(Shared, "murder.env");

    public string Private => Path.Combine(Root, ".murder");

    public string Lock => Path.Combine(Private, "lock");

    public string AuditLog => Path.Combine(Private, "audit.jsonl");

    /// <summary>What <see cref="Current"/> contains when the release is active: relative, so that the root may be moved or bound elsewhere.</summary>
    public static string CurrentTarget(ReleaseId id) => "releases/" + id.Value;

    /// <summary>What a release's link to something shared contains: relative, too.</summary>
    /// <param name="path">of the link, relative to the release, and of what is shared, relative to <see cref="Shared"/></param>
    public static string SharedLinkTarget(string path) => string.Concat(Enumerable.Repeat("../", path.Count(c => c == '/') + 2)) + "shared/" + path;

    public string SharedEntry(SharedPath path) => Path.Combine(Shared, path.Path);

    public string Metainfos => Path.Combine(Private, "metainfo");

    public string Metainfo(ReleaseId id) => Path.Combine(Metainfos, id.Value + ".torrent");

    public string Release(ReleaseId id) => Path.Combine(Releases, id.Value);

    public string Partial(ReleaseId id) => Release(id) + PartialSuffix;
}
