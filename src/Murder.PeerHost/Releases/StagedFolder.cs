using Murder.Swarm;

namespace Murder.PeerHost;

/// <summary>What the hashes of the pieces do not cover of a staged release: lengths, empty files, symlinks, the executable bit.</summary>
internal static class StagedFolder
{
    /// <summary>Half a sentence that names the first entry that is not as the metainfo says; null when all are.</summary>
    public static string? FirstDifference(string folder, Metainfo metainfo) =>
        metainfo.Files.Select(entry => Difference(Path.Combine(folder, entry.Path), entry)).FirstOrDefault(difference => difference is not null);

    private static string? Difference(string path, FileEntry entry)
    {
        FileInfo file = new(path);
        if (entry.IsSymlink)
        {
            return file.LinkTarget is null ? $"{entry.Path} is not a symlink" : null;
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
        return entry.IsExecutable && !isExecutable ? $"{entry.Path} is not executable" : null;
    }
}
