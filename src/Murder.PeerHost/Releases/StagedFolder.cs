using System.IO.Enumeration;
using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost;

/// <summary>What the hashes of the pieces do not cover of a staged release: lengths, empty files, symlinks, the modes, and what is too much but links to what releases share.</summary>
internal static class StagedFolder
{
    private const UnixFileMode Mode644 = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Mode755 = Mode644 | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    /// <summary>
    /// Why a release that lies there under its id is not the one that the metainfo describes; null when it is. What was added to the release that
    /// is active does not count: it runs with it already, and a log file beside a service is no reason not to repeat a deploy.
    /// </summary>
    /// <param name="verified">the pieces of it whose hash is right</param>
    public static VerbException? WhyNot(ReleaseStore releases, ReleaseId id, Metainfo metainfo, Bitfield verified)
    {
        string folder = releases.Layout.Release(id);
        return releases.IsKept(id, metainfo.Bytes.Span) == false ? new VerbException(HostFailure.ReleaseTaken, $"{folder} is there already and holds something else")
            : !verified.IsFull ? new VerbException(HostFailure.ReleaseChanged, $"{folder} is there already, but {verified.Length - verified.Count} of its {verified.Length} pieces are not what the metainfo says")
            : FirstDifference(folder, metainfo, strangersCount: releases.Current() != id.Value) is { } difference ? new VerbException(HostFailure.ReleaseChanged, $"{folder} is there already, but {difference}")
            : null;
    }

    /// <summary>The first entry that does not do what the metainfo says; null when all do. Of a mode, only whether the file can be executed counts.</summary>
    public static ReleaseDifference? FirstDifference(string folder, Metainfo metainfo, bool strangersCount = true) =>
        metainfo.Files.Select(entry => Compare(folder, entry)).FirstOrDefault(difference => difference is not null)
        ?? (strangersCount ? Strangers(folder, metainfo).FirstOrDefault() : null);

    /// <summary>What is there and no part of the release. Folders are not told, but what lies in them is.</summary>
    public static IEnumerable<ReleaseDifference> Strangers(string folder, Metainfo metainfo)
    {
        HashSet<string> named = [.. metainfo.Files.Select(entry => entry.Path)];
        FileSystemEnumerable<string> entries = new(folder, (ref FileSystemEntry entry) => Path.GetRelativePath(folder, entry.ToFullPath()), Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory || IsLink(ref entry),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry), // what lies behind a link to a folder has a path of its own
        };
        return entries
            .Where(path => !named.Contains(path) && !SharedLinks.IsOne(path, new FileInfo(Path.Combine(folder, path)).LinkTarget))
            .Select(path => new ReleaseDifference(path, DifferenceKind.Added, "is not part of the release"));
    }

    /// <summary>What of an entry can be seen without reading it; null when that is as the metainfo says.</summary>
    public static ReleaseDifference? Compare(string folder, FileEntry entry)
    {
        FileInfo file = new(Path.Combine(folder, entry.Path));
        if (entry.IsSymlink)
        {
            return file.LinkTarget is null ? new ReleaseDifference(entry.Path, DifferenceKind.Target, "is not a symlink")
                : PointsTo(file, Path.Combine(folder, entry.SymlinkTarget!)) ? null
                : new ReleaseDifference(entry.Path, DifferenceKind.Target, $"points to {file.LinkTarget}");
        }

        if (!file.Exists || file.LinkTarget is not null)
        {
            return new ReleaseDifference(entry.Path, DifferenceKind.Missing, "is missing");
        }

        if (file.Length != entry.Length)
        {
            return new ReleaseDifference(entry.Path, DifferenceKind.Changed, $"has {file.Length} instead of {entry.Length} bytes");
        }

        bool isExecutable = OperatingSystem.IsWindows() || file.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
        return OperatingSystem.IsWindows() || entry.IsExecutable == isExecutable
            ? null
            : new ReleaseDifference(entry.Path, DifferenceKind.Mode, $"is {(isExecutable ? "" : "not ")}executable");
    }

    /// <summary>Of a file that is there: whether its mode is what staging gave it, to the bit.</summary>
    public static ReleaseDifference? CompareMode(string folder, FileEntry entry)
    {
        if (OperatingSystem.IsWindows() || entry.IsSymlink)
        {
            return null;
        }

        UnixFileMode mode = new FileInfo(Path.Combine(folder, entry.Path)).UnixFileMode;
        UnixFileMode staged = entry.IsExecutable ? Mode755 : Mode644;
        return mode == staged ? null : new ReleaseDifference(entry.Path, DifferenceKind.Mode, $"has mode {Octal(mode)} instead of {Octal(staged)}");
    }

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    /// <summary>By the path, whatever lies there: a target may itself be a link.</summary>
    private static bool PointsTo(FileInfo link, string target) =>
        !Path.IsPathRooted(link.LinkTarget) && Path.TrimEndingDirectorySeparator(Path.GetFullPath(link.LinkTarget!, link.DirectoryName!)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8);
}
