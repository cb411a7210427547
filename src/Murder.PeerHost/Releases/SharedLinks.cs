using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>
/// The links by which a release finds what survives it, in <c>shared</c>: the only thing that comes into a release after it was staged. Whoever makes
/// them holds the lock. A link tells by its target that it is one of these, so no other agent need know which there are.
/// </summary>
internal sealed class SharedLinks(ReleaseStore releases, SharedPaths paths)
{
    private const int NamesMax = 8;

    private ReleaseLayout Layout => releases.Layout;

    /// <summary>That each file is there, and each folder is none or a folder. Changes nothing.</summary>
    /// <exception cref="VerbException"/>
    public void RequireShared()
    {
        SharedPath[] missing = [.. paths.All.Where(path => !path.IsFolder && !LeadsSomewhere(Layout.SharedEntry(path)))];
        if (missing.Length > 0)
        {
            string more = missing.Length > NamesMax ? $" and {missing.Length - NamesMax} more" : "";
            throw new VerbException(HostFailure.SharedMissing, $"{Layout.Shared} lacks {string.Join(", ", missing.Take(NamesMax))}{more}");
        }

        if (paths.All.Where(path => path.IsFolder).Select(Layout.SharedEntry).FirstOrDefault(entry => Path.Exists(entry) && !Directory.Exists(entry)) is { } other)
        {
            throw new VerbException(HostFailure.SharedMissing, $"{other} is not a folder");
        }
    }

    /// <summary>Nothing is left to be made, nor missing.</summary>
    public bool AreMade(ReleaseId release) => paths.All.All(path => IsMade(release, path) && LeadsSomewhere(Layout.SharedEntry(path)));

    /// <summary>Makes the links that a release lacks, and the folders that they lead to: all of it or, when anything is in the way, nothing. Again, it changes nothing.</summary>
    /// <exception cref="VerbException"/>
    public void Make(ReleaseId release)
    {
        RequireShared();
        SharedPath[] lacking = [.. paths.All.Where(path => !IsMade(release, path))];
        if (lacking.Select(path => InTheWay(release, path)).FirstOrDefault(taken => taken is not null) is { } entry)
        {
            throw new VerbException(HostFailure.SharedTaken, $"{entry} is in the release itself");
        }

        foreach (SharedPath folder in paths.All.Where(path => path.IsFolder))
        {
            releases.Steps.MakeFolder(Layout.SharedEntry(folder));
        }

        foreach (SharedPath path in lacking)
        {
            string link = LinkOf(release, path);
            releases.Steps.MakeFolder(Path.GetDirectoryName(link)!);
            releases.Steps.Link(link, ReleaseLayout.SharedLinkTarget(path.Path));
            SyncFolders(link, Layout.Release(release));
        }
    }

    /// <summary>Whether a link of a release is one of these.</summary>
    /// <param name="path">relative to the release</param>
    public static bool IsOne(string path, string? target) => target == ReleaseLayout.SharedLinkTarget(path);

    private string LinkOf(ReleaseId release, SharedPath path) => Path.Combine(Layout.Release(release), path.Path);

    private bool IsMade(ReleaseId release, SharedPath path) => InTheWayAbove(release, path) is null && IsOne(path.Path, new FileInfo(LinkOf(release, path)).LinkTarget);

    /// <summary>What the release has where the link is to be, or where its folder is to be; null when there is room for it.</summary>
    private string? InTheWay(ReleaseId release, SharedPath path) =>
        InTheWayAbove(release, path) ?? (Path.Exists(LinkOf(release, path)) ? LinkOf(release, path) : null);

    /// <summary>Through a link in the release the target would be counted from elsewhere.</summary>
    private string? InTheWayAbove(ReleaseId release, SharedPath path)
    {
        for (int end = path.Path.IndexOf('/'); end >= 0; end = path.Path.IndexOf('/', end + 1))
        {
            string folder = Path.Combine(Layout.Release(release), path.Path[..end]);
            if (Path.Exists(folder) && (!Directory.Exists(folder) || new FileInfo(folder).LinkTarget is not null))
            {
                return folder;
            }
        }

        return null;
    }

    /// <summary>A link that leads nowhere exists, as .NET has it.</summary>
    private static bool LeadsSomewhere(string path) =>
        Path.Exists(path) && (new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is not { } target || Path.Exists(target.FullName));

    /// <summary>Waits until the new name, and those of folders that were made for it, are on disk.</summary>
    private void SyncFolders(string path, string release)
    {
        string folder = path;
        do
        {
            folder = Path.GetDirectoryName(folder)!;
            releases.Steps.SyncFolder(folder);
        }
        while (folder != release);
    }
}
