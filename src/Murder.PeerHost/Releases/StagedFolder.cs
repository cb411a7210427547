using System.IO.Enumeration;
using Murder.Swarm;

namespace Murder.PeerHost;

/// <summary>What the hashes of the pieces do not cover of a staged release: lengths, empty files, symlinks, the executable bit, and what is too much but links to what releases share.</summary>
internal static class StagedFolder
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    /// <summary>Half a sentence that names the first entry that is not as the metainfo says; null when all are.</summary>
    public static string? FirstDifference(string folder, Metainfo metainfo) =>
        metainfo.Files.Select(entry => Difference(folder, entry)).FirstOrDefault(difference => difference is not null) ?? FirstStranger(folder, metainfo);

    private static string? FirstStranger(string folder, Metainfo metainfo)
    {
        HashSet<string> named = [.. metainfo.Files.Select(entry => entry.Path)];
        FileSystemEnumerable<string> entries = new(folder, (ref FileSystemEntry entry) => Path.GetRelativePath(folder, entry.ToFullPath()), Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory || IsLink(ref entry),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry), // what lies behind a link to a folder has a path of its own
        };
        return entries.Where(path => !named.Contains(path) && !SharedLinks.IsOne(path, new FileInfo(Path.Combine(folder, path)).LinkTarget)).Select(path => $"{path} is not part of the release").FirstOrDefault();
    }

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private static string? Difference(string folder, FileEntry entry)
    {
        string path = Path.Combine(folder, entry.Path);
        FileInfo file = new(path);
        if (entry.IsSymlink)
        {
            return file.LinkTarget is null ? $"{entry.Path} is not a symlink"
                : PointsTo(file, Path.Combine(folder, entry.SymlinkTarget!)) ? null
                : $"{entry.Path} points to {file.LinkTarget}";
        }

        if (!file.Exists || file.LinkTarget is not null)
        {
            return $"{entry.Path} is missing";
        }

        if (file.Length != entry.Length)
        {
            return $"{entry.Path} has {file.Length} instead of {entry.Length} bytes";
        }

        bool isExecutable = OperatingSystem.IsWindows() || file.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
        return OperatingSystem.IsWindows() || entry.IsExecutable == isExecutable ? null : $"{entry.Path} is {(isExecutable ? "" : "not ")}executable";
    }

    /// <summary>By the path, whatever lies there: a target may itself be a link.</summary>
    private static bool PointsTo(FileInfo link, string target) =>
        !Path.IsPathRooted(link.LinkTarget) && Path.TrimEndingDirectorySeparator(Path.GetFullPath(link.LinkTarget!, link.DirectoryName!)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
}
