namespace Murder.Swarm.IO;

/// <summary>
/// Cleans what an earlier run, or somebody else, left where a release is to be fetched. Afterwards the folder holds nothing but plain
/// files and folders that the metainfo names, so no write to one of its paths can leave the folder: a symlink could lead out, a
/// hard link would change another release, a FIFO would block.
/// </summary>
internal sealed class PartialFolder
{
    private readonly string _directory;
    private readonly Lazy<HashSet<string>> _files; // nobody asks for it where nothing lay before
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    public PartialFolder(string directory, Metainfo metainfo)
    {
        _directory = directory;
        _files = new Lazy<HashSet<string>>(() => metainfo.Files.Where(entry => !entry.IsSymlink).Select(entry => entry.Path).ToHashSet(StringComparer.Ordinal));
        foreach (FileEntry entry in metainfo.Files)
        {
            for (int end = entry.Path.LastIndexOf('/'); end > 0 && _folders.Add(entry.Path[..end]); end = entry.Path.LastIndexOf('/', end - 1))
            {
            }
        }
    }

    /// <summary>Folders of the release, relative and '/'-separated, each once.</summary>
    public IReadOnlyCollection<string> Folders => _folders;

    /// <summary>Makes the folder, or cleans it.</summary>
    /// <exception cref="StorageException"/>
    public void Prepare() => StorageException.Guard(_directory, () =>
    {
        if (new FileInfo(_directory) is { LinkTarget: not null } link)
        {
            link.Delete();
        }

        DirectoryInfo root = Directory.CreateDirectory(_directory);
        Stack<(DirectoryInfo Folder, string Prefix)> left = new([(root, "")]);
        while (left.TryPop(out (DirectoryInfo Folder, string Prefix) at))
        {
            foreach (FileSystemInfo found in at.Folder.GetFileSystemInfos("*", EverythingThere))
            {
                string path = at.Prefix + found.Name;
                if (!IsOurs(found, path))
                {
                    Delete(found);
                }
                else if (found is DirectoryInfo folder)
                {
                    left.Push((folder, path + "/"));
                }
            }
        }
    });

    private static EnumerationOptions EverythingThere { get; } = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private bool IsOurs(FileSystemInfo found, string path)
    {
        if (found.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return false;
        }

        return found is DirectoryInfo
            ? _folders.Contains(path)
            : _files.Value.Contains(path) && (!OperatingSystem.IsLinux() || LinuxFile.IsPlainFile(found.FullName));
    }

    private static void Delete(FileSystemInfo found)
    {
        // A symlink to a folder is a DirectoryInfo too; deleting it deletes the link only, and so does the recursive form inside.
        if (found is DirectoryInfo folder && !found.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            folder.Delete(recursive: true);
        }
        else
        {
            found.Delete();
        }
    }
}
