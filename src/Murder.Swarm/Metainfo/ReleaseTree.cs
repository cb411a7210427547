namespace Murder.Swarm;

/// <summary>
/// Collects the entries of a release and says whether they can all exist in one folder, on any system: no two that differ by case
/// only, no file that is a folder too, no way through a symlink. Each <c>Add…</c> answers null or one sentence of refusal.
/// </summary>
internal sealed class ReleaseTree
{
    public const int EntriesMax = 1_000_000;

    /// <summary>Characters of all paths together, in memory: a folder's long name stands in each path below it.</summary>
    private const long PathCharsMax = 64 * 1024 * 1024;

    private readonly List<FileEntry> _entries = [];
    private readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _folders = new(StringComparer.OrdinalIgnoreCase);
    private readonly SymlinkMap _links = new();
    private long _pathChars;

    public IReadOnlyList<FileEntry> Entries => _entries;

    public string? AddFolder(string path)
    {
        _folders.Add(path); // A folder may be there twice, in two cases: Linux keeps them apart, and other systems make one of them.
        return RefuseSize(path);
    }

    public string? AddEntry(FileEntry entry)
    {
        if (ReleasePath.Refuse(entry.Path) is { } refusal)
        {
            return $"The path '{ReleasePath.Printable(entry.Path)}' {refusal}.";
        }

        if (!_paths.Add(entry.Path))
        {
            return $"The path '{ReleasePath.Printable(entry.Path)}' stands twice, or once more in another case.";
        }

        _entries.Add(entry);
        return RefuseSize(entry.Path) ?? (entry.SymlinkTarget is { } target ? AddLink(entry.Path, target) : null);
    }

    /// <summary>To be asked after the last entry.</summary>
    public string? RefuseWhole()
    {
        foreach (string folder in _folders)
        {
            if (_paths.Contains(folder))
            {
                return $"The path '{ReleasePath.Printable(folder)}' is a folder and also a file or symlink.";
            }
        }

        return _links.Refuse();
    }

    private string? AddLink(string path, string target)
    {
        if (ReleasePath.Refuse(target) is { } refusal)
        {
            return $"The target '{ReleasePath.Printable(target)}' of the symlink '{ReleasePath.Printable(path)}' {refusal}.";
        }

        _links.Add(path, target);
        return _links.Count > SymlinkMap.LinksMax ? $"There are more than {SymlinkMap.LinksMax} symlinks." : null;
    }

    private string? RefuseSize(string path)
    {
        _pathChars += path.Length;
        return _entries.Count > EntriesMax || _folders.Count > EntriesMax || _pathChars > PathCharsMax
            ? $"There are more than {EntriesMax} files, or their paths are too long to hold together."
            : null;
    }
}
