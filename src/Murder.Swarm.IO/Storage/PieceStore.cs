using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Murder.Swarm.IO;

/// <summary>
/// The files of one torrent under one folder. Positioned reads and writes from any thread. Never writes outside the folder: the paths
/// come from a <see cref="Metainfo"/>, which validated them, what lay there before is cleaned (<see cref="PartialFolder"/>), and
/// symlinks are made last, so that nothing is written through one. Files come into being with their first piece, sparse: a
/// reservation would cost a write of its own and says nothing that the first full disk does not.
/// </summary>
public sealed class PieceStore : IDisposable
{
    /// <summary>Files that stay open. A process may often open no more than 1,024, and sockets need theirs.</summary>
    internal const int OpenFilesMax = 256;

    private readonly Metainfo _metainfo;
    private readonly FileHandleCache _handles;
    private readonly IReadOnlyCollection<string> _folders;
    private readonly ReaderWriterLockSlim _place = new(); // read: a path is being used; write: the folder is being moved
    private string _directory; // under _place, as the next
    private bool _isWritable;

    private PieceStore(string directory, Metainfo metainfo, bool isWritable, IReadOnlyCollection<string> folders)
    {
        _directory = directory;
        _metainfo = metainfo;
        _isWritable = isWritable;
        _folders = folders;
        _handles = new FileHandleCache(OpenFilesMax, Open);
    }

    private PieceLayout Layout => _metainfo.Layout;

    /// <summary>Opens a folder that holds everything, to be read only: the publish output of the seeder.</summary>
    public static PieceStore OpenForSeeding(string directory, Metainfo metainfo) => new(Normalize(directory), metainfo, isWritable: false, []);

    /// <summary>
    /// Opens a folder to be filled, and makes it when it is missing. What it holds already may be verified by <see cref="VerifyAsync"/>;
    /// what the metainfo does not name is deleted, and so is what could lead a write elsewhere.
    /// </summary>
    /// <exception cref="StorageException"/>
    public static PieceStore OpenForFetching(string directory, Metainfo metainfo)
    {
        directory = Normalize(directory);
        PartialFolder partial = new(directory, metainfo);
        partial.Prepare();
        return new PieceStore(directory, metainfo, isWritable: true, partial.Folders);
    }

    /// <summary>
    /// Reads every file that is there, on all cores, and returns the pieces whose hash is right. A file that is longer than the
    /// metainfo says is cut when the folder is one to be filled.
    /// </summary>
    /// <param name="pieceChecked">called for each piece, from many threads; the only sign of life of what may take minutes</param>
    /// <exception cref="StorageException">a file is there but cannot be read</exception>
    public Task<Bitfield> VerifyAsync(CancellationToken cancellationToken, Action? pieceChecked = null) =>
        Task.Run(() => Verify(pieceChecked, cancellationToken), cancellationToken);

    /// <summary>Reads one piece, and says whether its hash is right.</summary>
    /// <exception cref="StorageException">it cannot be read, or its file ends before it does</exception>
    public bool IsRight(int piece)
    {
        int file = Layout.FileOf(piece);
        int firstBlock = (int)(Layout.FileOffset(piece) / PieceLayout.BlockLength);
        Hash256[] leaves = ReadLeaves(file, firstBlock, Layout.BlockCount(piece));
        return MerkleTree.PieceRoot(leaves, Layout.BlocksPerPiece, Layout.PieceCountOf(file) == 1) == _metainfo.PieceHash(piece);
    }

    /// <summary>Fills as much of the destination as the block is long; what lies beyond the end of its file is zero (<see cref="PieceLayout.IsPaddedBlock"/>).</summary>
    /// <exception cref="StorageException"/>
    public void ReadBlock(BlockRef block, Span<byte> destination)
    {
        int file = Layout.FileOf(block.Piece);
        int there = Math.Min(block.Length, Layout.SizeOf(block.Piece) - block.Offset);
        Read(file, Layout.FileOffset(block.Piece) + block.Offset, destination[..there]);
        destination[there..block.Length].Clear();
    }

    /// <summary>Writes a whole verified piece. The last buffer may be longer than its block: what is over is left out.</summary>
    /// <exception cref="StorageException"/>
    public void WritePiece(int piece, IReadOnlyList<ReadOnlyMemory<byte>> blocks)
    {
        int file = Layout.FileOf(piece);
        try
        {
            using FileHandleCache.Lease lease = _handles.Borrow(file);
            RandomAccess.Write(lease.Handle, CutToPiece(piece, blocks), Layout.FileOffset(piece));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(PathOf(file), e);
        }
    }

    /// <summary>SHA-256 of each of the blocks, in order. Blocks are counted from the start of the file.</summary>
    /// <exception cref="StorageException"/>
    public Hash256[] ReadLeaves(int file, int firstBlock, int count)
    {
        Hash256[] leaves = new Hash256[count];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceLayout.BlockLength);
        for (int at = 0; at < count; at++)
        {
            long offset = (long)(firstBlock + at) * PieceLayout.BlockLength;
            Span<byte> block = buffer.AsSpan(0, (int)Math.Min(PieceLayout.BlockLength, Layout.LengthOf(file) - offset));
            Read(file, offset, block);
            leaves[at] = Hash256.Of(block);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return leaves;
    }

    /// <summary>Makes the empty files, the symlinks and the modes, and syncs every file and folder to disk: afterwards the folder is the release.</summary>
    /// <param name="fileSynced">called for each file, from many threads, where files are synced one by one</param>
    /// <exception cref="StorageException"/>
    public Task FinishAsync(CancellationToken cancellationToken, Action? fileSynced = null) =>
        Task.Run(() => new ReleaseFinisher(_directory, _metainfo, _folders, fileSynced).Finish(cancellationToken), cancellationToken);

    /// <summary>
    /// Runs <paramref name="rename"/>, which moves the folder that is whole, while nothing is being opened, and goes on under the new path.
    /// Reading and seeding go on through it, but read-only from here on, and what was open for writing is closed as soon as nobody reads
    /// from it: the system does not execute a file that anybody has open for writing (ETXTBSY).
    /// </summary>
    public void Relocate(string directory, Action rename)
    {
        _place.EnterWriteLock();
        try
        {
            rename();
            _directory = Normalize(directory);
            _isWritable = false;
            _handles.Drop();
        }
        finally
        {
            _place.ExitWriteLock();
        }
    }

    /// <summary>Closes every file. Nothing may be reading or writing any more.</summary>
    public void Dispose()
    {
        _handles.Dispose();
        _place.Dispose();
    }

    private static string Normalize(string directory) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));

    private string PathOf(int file) => Path.Combine(_directory, _metainfo.Files[file].Path);

    private ReadOnlyMemory<byte>[] CutToPiece(int piece, IReadOnlyList<ReadOnlyMemory<byte>> blocks)
    {
        ReadOnlyMemory<byte>[] cut = [.. blocks];
        for (int at = 0; at < cut.Length; at++)
        {
            cut[at] = cut[at][..Layout.Block(piece, at).Length];
        }

        return cut;
    }

    private void Read(int file, long offset, Span<byte> destination)
    {
        try
        {
            using FileHandleCache.Lease lease = _handles.Borrow(file);
            while (!destination.IsEmpty)
            {
                int read = RandomAccess.Read(lease.Handle, destination, offset);
                if (read == 0)
                {
                    throw new EndOfStreamException();
                }

                destination = destination[read..];
                offset += read;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(PathOf(file), e);
        }
    }

    private SafeFileHandle Open(int file)
    {
        _place.EnterReadLock();
        try
        {
            string path = PathOf(file);
            if (!_isWritable)
            {
                return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            }

            try
            {
                return OpenToFill(path);
            }
            catch (IOException e) when (e is DirectoryNotFoundException or FileNotFoundException)
            {
                // The first piece of the folder. .NET calls it the file that is missing when another thread has made the folder meanwhile.
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return OpenToFill(path);
            }
        }
        finally
        {
            _place.ExitReadLock();
        }
    }

    private static SafeFileHandle OpenToFill(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private Bitfield Verify(Action? pieceChecked, CancellationToken cancellationToken)
    {
        bool[] isRight = new bool[Layout.PieceCount];
        long[] lengthsThere = LengthsThere();
        ParallelOptions allCores = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, Layout.PieceCount, allCores, piece =>
            {
                isRight[piece] = IsRight(piece, lengthsThere);
                pieceChecked?.Invoke();
            });
        }
        catch (AggregateException e) when (e.InnerException is StorageException first)
        {
            throw new StorageException(first.Failure, first.Path, first.Message, e);
        }

        Bitfield verified = new(Layout.PieceCount);
        for (int piece = 0; piece < isRight.Length; piece++)
        {
            if (isRight[piece])
            {
                verified.Add(piece);
            }
        }

        return verified;
    }

    /// <summary>Bytes of each file that has pieces, 0 when it is missing. Cuts those that are too long.</summary>
    private long[] LengthsThere()
    {
        long[] lengths = new long[Layout.FileCount];
        for (int file = 0; file < lengths.Length; file++)
        {
            FileInfo there = new(PathOf(file));
            if (Layout.PieceCountOf(file) > 0 && there.Exists)
            {
                lengths[file] = there.Length;
                if (_isWritable && there.Length > Layout.LengthOf(file))
                {
                    Cut(file);
                }
            }
        }

        return lengths;
    }

    private void Cut(int file) => StorageException.Guard(PathOf(file), () =>
    {
        using FileHandleCache.Lease lease = _handles.Borrow(file);
        RandomAccess.SetLength(lease.Handle, Layout.LengthOf(file));
    });

    private bool IsRight(int piece, long[] lengthsThere) =>
        lengthsThere[Layout.FileOf(piece)] >= Layout.FileOffset(piece) + Layout.SizeOf(piece) && IsRight(piece);
}
