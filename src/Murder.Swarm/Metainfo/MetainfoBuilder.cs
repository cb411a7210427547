namespace Murder.Swarm;

/// <summary>A file of the publish output, hashed: what the builder needs to know of it.</summary>
/// <param name="Path">relative, '/'-separated</param>
/// <param name="Length">bytes; 0 for a symlink</param>
/// <param name="IsExecutable">BEP 47 x</param>
/// <param name="SymlinkTarget">relative to the release's root, '/'-separated; null for a file</param>
/// <param name="PieceHashes">roots of the file's pieces (see <see cref="MerkleTree.PieceRoot"/>), in order; empty for an empty file and a symlink</param>
public sealed record HashedFile(string Path, long Length, bool IsExecutable, string? SymlinkTarget, IReadOnlyList<Hash256> PieceHashes);

/// <summary>Makes the metainfo of a release. The same files give the same bytes on every machine, in whatever order they are added.</summary>
public static class MetainfoBuilder
{
    /// <param name="name">name of the torrent: the application, not the release, so that the same content has the same info-hash</param>
    /// <exception cref="MetainfoException">a path is not portable or not safe; the message names it</exception>
    public static Metainfo Build(string name, int pieceLength, IReadOnlyList<HashedFile> files, string? announce = null) => throw new NotImplementedException();

    /// <summary>Bytes of a piece that suits these files.</summary>
    public static int ChoosePieceLength(IReadOnlyList<long> fileLengths) => throw new NotImplementedException();
}

/// <summary>The files cannot be described by a safe, portable metainfo. The message names the file and says why.</summary>
public sealed class MetainfoException(string message) : Exception(message);
