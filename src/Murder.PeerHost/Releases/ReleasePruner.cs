using System.IO.Enumeration;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>
/// Removes what nobody will want again from one root: with <see cref="ReleaseStore"/> the only code that touches the release tree. Whoever calls
/// it holds the lock. A folder gets a name that is nobody's before its files go, so that half a release is never taken for a whole one.
/// </summary>
internal sealed class ReleasePruner(ReleaseStore releases)
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    private ReleaseLayout Layout => releases.Layout;

    /// <summary>
    /// Old releases but the newest so many, the active one and the one before it; what is half there; and what agents left that died: folders
    /// that were being removed, descriptions of releases that are gone, links that did not become <c>current</c>.
    /// </summary>
    public PruneResult Prune(int keep)
    {
        List<string> failures = [];
        long bytes = RemoveFolders([]); // before others of the same names come; what stays is tried, and told, once more
        string?[] wanted = [releases.Current(), Followed(), releases.Previous()];
        string[] unwanted =
        [
            .. releases.Staged().Select(id => id.Value).Where(id => !wanted.Contains(id)).SkipLast(keep),
            .. releases.Partials().Select(id => id.Value + ReleaseLayout.PartialSuffix),
        ];
        string[] removed =
        [
            .. unwanted.Where(name => Try(
                Path.Combine(Layout.Releases, name),
                () => releases.Steps.Rename(Path.Combine(Layout.Releases, name), Path.Combine(Layout.Releases, ReleaseLayout.RemovedPrefix + name)),
                failures)),
        ];

        Try(Layout.Root, releases.RemoveLinksLeft, failures);
        Try(Layout.Metainfos, RemoveMetainfos, failures);
        Try(Layout.Releases, () => releases.Steps.SyncFolder(Layout.Releases), failures); // the names are theirs no more, also after a crash
        bytes += RemoveFolders(failures);
        return new PruneResult(removed, bytes, failures);
    }

    /// <summary>The release that is met by whoever follows <c>current</c>, however a link that somebody made by hand leads there.</summary>
    private string? Followed() =>
        Posix.TryResolve(Layout.Current) is { } end && Posix.TryResolve(Layout.Releases) is { } folder && end.StartsWith(folder + '/', StringComparison.Ordinal)
            ? end[(folder.Length + 1)..].Split('/')[0]
            : null;

    private long RemoveFolders(List<string> failures)
    {
        long bytes = 0;
        foreach (DirectoryInfo folder in Directory.Exists(Layout.Releases) ? new DirectoryInfo(Layout.Releases).EnumerateDirectories(ReleaseLayout.RemovedPrefix + "*") : [])
        {
            Try(
                folder.FullName,
                () =>
                {
                    long size = SizeOf(folder.FullName);
                    releases.Steps.DeleteFolder(folder.FullName, recursive: true);
                    bytes += size;
                },
                failures);
        }

        return bytes;
    }

    private void RemoveMetainfos()
    {
        if (!Directory.Exists(Layout.Metainfos))
        {
            return;
        }

        HashSet<string> known = [.. releases.Staged().Select(Layout.Metainfo)];
        foreach (string path in Directory.EnumerateFiles(Layout.Metainfos).Where(path => !known.Contains(path)))
        {
            releases.Steps.DeleteFile(path);
        }
    }

    /// <summary>Of the files in it; links count for nothing, and are not followed.</summary>
    private static long SizeOf(string folder) =>
        new FileSystemEnumerable<long>(folder, (ref FileSystemEntry entry) => entry.Length, Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        }.Sum();

    /// <param name="path">for the failure, where the system's own words may name something else or nothing</param>
    private static bool Try(string path, Action remove, List<string> failures)
    {
        try
        {
            remove();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failures.Add($"{path}: {e.Message.TrimEnd('.')}");
            return false;
        }
    }
}

/// <param name="Removed">releases, and half ones with their suffix, that are under their names no more</param>
/// <param name="Failures">what could not be removed, and why; the rest is</param>
internal sealed record PruneResult(IReadOnlyList<string> Removed, long FreedBytes, IReadOnlyList<string> Failures);
