using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Murder.Swarm.IO;

/// <summary>
/// One file while its segments are hashed, each by any thread; they write to different pieces. Whether it changed is told by its length
/// and time of modification, before the first segment and after each.
/// </summary>
internal sealed class FileInHashing(string directory, FileToHash file, int pieceLength)
{
    /// <summary>Bytes of one read: large enough for a disk, small enough to stay in a core's cache while it is hashed.</summary>
    private const int ReadLength = 1024 * 1024;

    private readonly string _path = Path.Combine(directory, file.Path);
    private readonly Hash256[] _pieceHashes = new Hash256[PieceCountOf(file, pieceLength)];
    private long _modifiedTicks; // 0 until the first segment has looked

    public bool IsSymlink => file.SymlinkTarget is not null;

    public long Length => file.Length;

    public int PieceCount => _pieceHashes.Length;

    /// <exception cref="StorageException"/>
    public void Hash(HashSegment segment, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(ReadLength, Math.Max(1, Length)));
        try
        {
            using SafeFileHandle handle = System.IO.File.OpenHandle(_path, options: FileOptions.SequentialScan);
            RefuseChange(handle);
            HashPieces(handle, segment, buffer, cancellationToken);
            RefuseChange(handle);
        }
        catch (FileNotFoundException absent)
        {
            throw new StorageException(StorageFailure.Missing, _path, $"'{_path}' is not there any more", absent);
        }
        catch (DirectoryNotFoundException absent)
        {
            throw new StorageException(StorageFailure.Missing, _path, $"'{_path}' is not there any more", absent);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new StorageException(StorageFailure.PermissionDenied, _path, $"'{_path}' may not be read", denied);
        }
        catch (IOException failed)
        {
            throw new StorageException(StorageFailure.Other, _path, $"'{_path}' cannot be read: {failed.Message}", failed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The file with its hashes, which are all there when every segment is done.</summary>
    public HashedFile ToHashedFile() => new(file.Path, file.Length, file.IsExecutable, file.SymlinkTarget, _pieceHashes);

    private static int PieceCountOf(FileToHash file, int pieceLength) =>
        file.SymlinkTarget is null ? checked((int)((file.Length + pieceLength - 1) / pieceLength)) : 0;

    private void HashPieces(SafeFileHandle handle, HashSegment segment, byte[] buffer, CancellationToken cancellationToken)
    {
        int blocksPerPiece = pieceLength / PieceLayout.BlockLength;
        Hash256[] leaves = new Hash256[Math.Min(blocksPerPiece, (Length + PieceLayout.BlockLength - 1) / PieceLayout.BlockLength)];
        int leafCount = 0;
        int piece = segment.FirstPiece;
        long offset = (long)piece * pieceLength;
        long end = Math.Min(Length, offset + ((long)segment.PieceCount * pieceLength));
        while (offset < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(ReadLength, end - offset));
            ReadFully(handle, chunk, offset);
            offset += chunk.Length;
            for (; !chunk.IsEmpty; chunk = chunk[Math.Min(PieceLayout.BlockLength, chunk.Length)..])
            {
                leaves[leafCount++] = Hash256.Of(chunk[..Math.Min(PieceLayout.BlockLength, chunk.Length)]);
                if (leafCount == blocksPerPiece || (offset == Length && chunk.Length <= PieceLayout.BlockLength))
                {
                    _pieceHashes[piece++] = MerkleTree.PieceRoot(leaves.AsSpan(0, leafCount), blocksPerPiece, PieceCount == 1);
                    leafCount = 0;
                }
            }
        }
    }

    private void ReadFully(SafeFileHandle handle, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(handle, destination, offset);
            if (read == 0)
            {
                throw Changed();
            }

            destination = destination[read..];
            offset += read;
        }
    }

    private void RefuseChange(SafeFileHandle handle)
    {
        long modifiedTicks = System.IO.File.GetLastWriteTimeUtc(handle).Ticks;
        long before = Interlocked.CompareExchange(ref _modifiedTicks, modifiedTicks, 0);
        if (RandomAccess.GetLength(handle) != Length || (before != 0 && before != modifiedTicks))
        {
            throw Changed();
        }
    }

    private StorageException Changed() =>
        new(StorageFailure.Other, _path, $"'{_path}' changed while it was read");
}
