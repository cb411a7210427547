namespace Murder.Swarm;

/// <summary>One file or symlink of a release, as the metainfo describes it.</summary>
/// <param name="Path">Relative to the release, separated by '/', already validated: no empty, '.' or '..' component.</param>
/// <param name="Length">Bytes; 0 for a symlink.</param>
public sealed record FileEntry(string Path, long Length)
{
    /// <summary>Attribute <c>x</c> of BEP 47.</summary>
    public bool IsExecutable { get; init; }

    /// <summary>Attribute <c>l</c> of BEP 47: what the link points to, relative to the release (not to the link), separated by '/'; null for a file.</summary>
    public string? SymlinkTarget { get; init; }

    /// <summary>Root of the file's Merkle tree over 16 KiB blocks; zero for an empty file and for a symlink.</summary>
    public Hash256 PiecesRoot { get; init; }

    public bool IsSymlink => SymlinkTarget is not null;
}
