namespace Murder.Swarm.IO;

/// <summary>A file or symlink to be hashed.</summary>
/// <param name="Path">relative to the folder, '/'-separated</param>
/// <param name="SymlinkTarget">relative to the folder, '/'-separated; null for a file</param>
public sealed record FileToHash(string Path, long Length, bool IsExecutable, string? SymlinkTarget);

/// <summary>SHA-256 over the 16 KiB blocks of a folder's files on all cores.</summary>
/// <remarks>
/// The work is cut into segments of at least 4 MiB: a large file is many of them, so that it too uses all cores, and many small files
/// are one, so that a core does not ask for work after each. One core hashes about 1.7 GB/s and reads from the page cache as fast, so
/// reading and hashing in turn on each core leaves nothing to gain from overlapping them. Memory: 1 MiB a core, and 32 bytes a piece.
/// </remarks>
public static class ReleaseHasher
{
    /// <summary>Reads and hashes every file; the result has the order of <paramref name="files"/>.</summary>
    /// <exception cref="StorageException">a file is missing, unreadable, or has another length than was said: it changed while being read</exception>
    public static async Task<IReadOnlyList<HashedFile>> HashAsync(string directory, IReadOnlyList<FileToHash> files, int pieceLength, CancellationToken cancellationToken)
    {
        HashedFile[] hashed = new HashedFile[files.Count];
        IEnumerable<FileInHashing> hashing = files.Select((file, at) =>
        {
            FileInHashing begun = new(directory, file, pieceLength); // when its turn comes: with many files few are being hashed at a time
            hashed[at] = begun.ToHashedFile();
            return begun;
        });
        ParallelOptions options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(HashSegment.Cut(hashing, pieceLength), options, (segments, stop) =>
        {
            foreach (HashSegment segment in segments)
            {
                segment.File.Hash(segment, stop);
            }

            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);

        return hashed;
    }
}
