namespace Murder.Swarm;

/// <summary>
/// Collects the entries of a release and says whether they can all exist in one folder, on any system: no two that differ by case
/// only, no file that is a folder too, no way through a symlink. Each <c>Add…</c> answers null or one sentence of refusal.
/// </summary>
internal sealed class ReleaseTree
{
    public const int EntriesMax = 1_000_000;

    /// <summary>Characters of all paths together: a folder's long name stands in each path below it.</summary>
    private const long PathCharsMax = 64 * 1024 * 1024;

    private readonly FileIndex _files;
    private readonly List<long> _lengths = [];
    private readonly HashSet<int> _paths; // of the index, by path
    private readonly HashSet<string> _folders = new(StringComparer.OrdinalIgnoreCase);
    private readonly SymlinkMap _links = new();
    private long _pathChars;

    /// <param name="text">the metainfo, canonical</param>
    public ReleaseTree(ReadOnlyMemory<byte> text)
    {
        _files = new FileIndex(text);
        _files.AddFolder("");
        _paths = new HashSet<int>(new ByPath(_files));
    }

    public FileIndex Files => _files;

    /// <summary>Bytes of each file.</summary>
    public IReadOnlyList<long> Lengths => _lengths;

    /// <param name="number">by which <see cref="AddEntry"/> knows it; that of the release itself is 0</param>
    public string? AddFolder(string path, out int number)
    {
        _folders.Add(path); // A folder may be there twice, in two cases: Linux keeps them apart, and other systems make one of them.
        number = _files.AddFolder(path);
        return RefuseSize(path);
    }

    /// <param name="position">where its name stands in the text</param>
    public string? AddEntry(FileEntry entry, int folder, int position)
    {
        if (ReleasePath.Refuse(entry.Path) is { } refusal)
        {
            return $"The path '{ReleasePath.Printable(entry.Path)}' {refusal}.";
        }

        _files.Add(folder, position);
        _lengths.Add(entry.Length);
        if (!_paths.Add(_files.Count - 1))
        {
            return $"The path '{ReleasePath.Printable(entry.Path)}' stands twice, or once more in another case.";
        }

        return RefuseSize(entry.Path) ?? (entry.SymlinkTarget is { } target ? AddLink(entry.Path, target) : null);
    }

    /// <summary>To be asked after the last entry.</summary>
    public string? RefuseWhole()
    {
        _files.Close();
        HashSet<int>.AlternateLookup<ReadOnlySpan<char>> paths = _paths.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string folder in _folders)
        {
            if (paths.Contains(folder))
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
        return _files.Count > EntriesMax || _folders.Count > EntriesMax || _pathChars > PathCharsMax
            ? $"There are more than {EntriesMax} files, or their paths are too long to hold together."
            : null;
    }

    /// <summary>Entries of the index are equal when their paths are, whatever their case; so no path is kept for the comparison.</summary>
    private sealed class ByPath(FileIndex files) : IEqualityComparer<int>, IAlternateEqualityComparer<ReadOnlySpan<char>, int>
    {
        public bool Equals(int x, int y) => x == y || Equals(files.PathOf(x), y);

        public int GetHashCode(int file) => GetHashCode(files.PathOf(file));

        public bool Equals(ReadOnlySpan<char> alternate, int other) => alternate.Equals(files.PathOf(other), StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(ReadOnlySpan<char> alternate) => string.GetHashCode(alternate, StringComparison.OrdinalIgnoreCase);

        public int Create(ReadOnlySpan<char> alternate) => throw new NotSupportedException("only entries of the index are added");
    }
}
