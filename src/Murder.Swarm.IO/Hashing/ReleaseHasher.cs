namespace Murder.Swarm.IO;

/// <summary>A file or symlink to be hashed.</summary>
/// <param name="Path">relative to the folder, '/'-separated</param>
/// <param name="SymlinkTarget">relative to the folder, '/'-separated; null for a file</param>
public sealed record FileToHash(string Path, long Length, bool IsExecutable, string? SymlinkTarget);

/// <summary>SHA-256 over the 16 KiB blocks of a folder's files on all cores.</summary>
public static class ReleaseHasher
{
    /// <summary>Reads and hashes every file; the result has the order of <paramref name="files"/>.</summary>
    /// <exception cref="StorageException">a file is missing, unreadable, or has another length than was said: it changed while being read</exception>
    public static Task<IReadOnlyList<HashedFile>> HashAsync(string directory, IReadOnlyList<FileToHash> files, int pieceLength, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
