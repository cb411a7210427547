using System.Formats.Tar;
using Microsoft.Win32.SafeHandles;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.Deploy;

/// <summary>
/// Reads what a publish folder holds: the only place that looks at publish output. A release is its files, their owner's executable bit,
/// and its symlinks, which stay symlinks; other modes, owners, times and empty folders (BitTorrent has none) are not part of it.
/// </summary>
public static class PublishDirectory
{
    /// <summary>Problems listed at once: the next files mostly have the same one.</summary>
    private const int ProblemsMax = 20;

    /// <summary>Every file and symlink, in the ordinal order of the paths. Contents are not read yet, but every file was opened.</summary>
    /// <exception cref="DeploymentException">the folder cannot be a release; every problem found is in it, and nothing has been touched</exception>
    public static IReadOnlyList<FileToHash> Read(string directory, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            throw new DeploymentException(ReleaseProblems.FolderMissing(directory));
        }

        Reading reading = new(directory, cancellationToken);
        reading.ReadFolder(new DirectoryInfo(directory), "");
        if (reading.Problems.Count > 0)
        {
            throw new DeploymentException(reading.Problems);
        }

        if (reading.Files.TrueForAll(file => file.Length == 0))
        {
            throw new DeploymentException(ReleaseProblems.FolderEmpty(directory));
        }

        reading.Files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return reading.Files;
    }

    private sealed class Reading(string directory, CancellationToken cancellationToken)
    {
        private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

        public List<FileToHash> Files { get; } = [];

        public List<Problem> Problems { get; } = [];

        public void ReadFolder(DirectoryInfo folder, string path)
        {
            try
            {
                foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos("*", Everything))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Problems.Count > ProblemsMax)
                    {
                        return;
                    }

                    ReadEntry(entry, path.Length == 0 ? entry.Name : $"{path}/{entry.Name}");
                }
            }
            catch (Exception denied) when (denied is UnauthorizedAccessException or IOException) // a folder that may not be listed, or is gone
            {
                Add(ReleaseProblems.Unreadable(path.Length == 0 ? directory : path, denied.Message));
            }
        }

        private void ReadEntry(FileSystemInfo entry, string path)
        {
            if (ReleasePath.Refuse(path) is { } refusal)
            {
                Add(ReleaseProblems.NameNotPortable(path, refusal));
            }
            else if (entry.LinkTarget is { } text)
            {
                ReadLink(path, text);
            }
            else if (entry is DirectoryInfo folder)
            {
                ReadFolder(folder, path);
            }
            else
            {
                ReadFile((FileInfo)entry, path);
            }
        }

        private void ReadLink(string path, string text)
        {
            string portable = OperatingSystem.IsWindows() ? text.Replace('\\', '/') : text;
            if (Path.IsPathRooted(text))
            {
                Add(ReleaseProblems.LinkAbsolute(path, text));
            }
            else if (ReleasePath.ResolveLink(path, portable) is not { } target || GoesBackThroughLink(path, portable))
            {
                Add(ReleaseProblems.LinkLeaves(path, text));
            }
            else if (ReleasePath.Refuse(target) is { } refusal)
            {
                Add(ReleaseProblems.NameNotPortable(target, refusal));
            }
            else
            {
                Files.Add(new FileToHash(path, 0, false, target));
            }
        }

        /// <summary>A '..' after a link leads to the parent of what that points to, which the text alone does not tell.</summary>
        private bool GoesBackThroughLink(string path, string text)
        {
            string way = Path.GetDirectoryName(Path.Combine(directory, path))!;
            foreach (string component in text.Split('/'))
            {
                if (component == ".." && new DirectoryInfo(way) is { LinkTarget: not null } && way.Length > directory.Length)
                {
                    return true;
                }

                way = component switch { ".." => Path.GetDirectoryName(way) ?? way, "" or "." => way, _ => Path.Combine(way, component) };
            }

            return false;
        }

        private void ReadFile(FileInfo file, string path)
        {
            if (IsSpecial(file))
            {
                Add(ReleaseProblems.SpecialFile(path));
                return;
            }

            try
            {
                using SafeFileHandle handle = File.OpenHandle(file.FullName);
                Files.Add(new FileToHash(path, RandomAccess.GetLength(handle), IsExecutable(file), null));
            }
            catch (Exception denied) when (denied is UnauthorizedAccessException or IOException) // as another user wrote it, or gone already
            {
                Add(ReleaseProblems.Unreadable(path, denied.Message));
            }
        }

        /// <summary>Windows has no such bit: what is published there for Linux starts only where the host's user may set it.</summary>
        private static bool IsExecutable(FileInfo file) => !OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute);

        /// <summary>
        /// .NET does not tell a pipe from a file, and opening one would wait for its other end. But its archiver has to know, and a header is all
        /// it makes of something without content; whatever has a length is a file.
        /// </summary>
        private static bool IsSpecial(FileInfo file)
        {
            if (file.Length > 0 || OperatingSystem.IsWindows())
            {
                return false;
            }

            using MemoryStream archive = new();
            try
            {
                using TarWriter writer = new(archive, leaveOpen: true);
                writer.WriteEntry(file.FullName, "file");
            }
            catch (IOException)
            {
                return true; // expected for a socket, which no archive can hold
            }
            catch (UnauthorizedAccessException)
            {
                return false; // a file that may not be read, which is found out when it is opened
            }

            archive.Position = 0;
            using TarReader reader = new(archive);
            return reader.GetNextEntry()!.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.HardLink);
        }

        private void Add(Problem problem)
        {
            if (Problems.Count <= ProblemsMax)
            {
                Problems.Add(Problems.Count < ProblemsMax ? problem : ReleaseProblems.More(directory));
            }
        }
    }
}
