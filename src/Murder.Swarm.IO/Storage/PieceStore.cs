namespace Murder.Swarm.IO;

/// <summary>Reading or writing the payload failed.</summary>
public enum StorageFailure
{
    DiskFull,
    PermissionDenied,

    /// <summary>A file to be read is missing or shorter than the metainfo says.</summary>
    Missing,
    Other,
}

/// <summary>The payload cannot be read or written; the store may still be disposed, and nothing else. The message names the file.</summary>
public sealed class StorageException(StorageFailure failure, string path, string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageFailure Failure { get; } = failure;

    public string Path { get; } = path;
}

/// <summary>
/// The files of one torrent under one folder. Positioned reads and writes from any thread. Never writes outside the folder: the paths
/// come from a <see cref="Metainfo"/>, which validated them, and symlinks are made last, so that nothing is written through one.
/// </summary>
public sealed class PieceStore : IDisposable
{
    /// <summary>Opens a folder that holds everything, to be read only: the publish output of the seeder.</summary>
    public static PieceStore OpenForSeeding(string directory, Metainfo metainfo) => throw new NotImplementedException();

    /// <summary>Opens a folder to be filled; what it holds already may be verified by <see cref="VerifyAsync"/>.</summary>
    public static PieceStore OpenForFetching(string directory, Metainfo metainfo) => throw new NotImplementedException();

    /// <summary>Reads every file that is there, on all cores, and returns the pieces whose hash is right.</summary>
    public Task<Bitfield> VerifyAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <exception cref="StorageException"/>
    public void ReadBlock(BlockRef block, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>Writes a whole verified piece.</summary>
    /// <exception cref="StorageException"/>
    public void WritePiece(int piece, IReadOnlyList<ReadOnlyMemory<byte>> blocks) => throw new NotImplementedException();

    /// <summary>SHA-256 of each of the blocks, in order. Blocks are counted from the start of the file.</summary>
    public Hash256[] ReadLeaves(int file, int firstBlock, int count) => throw new NotImplementedException();

    /// <summary>Makes the empty files, the symlinks and the modes, and syncs every file and folder to disk: afterwards the folder is the release.</summary>
    /// <exception cref="StorageException"/>
    public Task FinishAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Runs <paramref name="rename"/>, which moves the folder, while nothing is being opened, and goes on under the new path.</summary>
    public void Relocate(string directory, Action rename) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
