namespace Murder.Swarm;

/// <summary>A file of the publish output, hashed: what the builder needs to know of it.</summary>
/// <param name="Path">relative, '/'-separated</param>
/// <param name="Length">bytes; 0 for a symlink</param>
/// <param name="IsExecutable">BEP 47 x; without meaning for a symlink</param>
/// <param name="SymlinkTarget">relative to the release's root, '/'-separated; null for a file</param>
/// <param name="PieceHashes">roots of the file's pieces (see <see cref="MerkleTree.PieceRoot"/>), in order; empty for an empty file and a symlink</param>
public sealed record HashedFile(string Path, long Length, bool IsExecutable, string? SymlinkTarget, IReadOnlyList<Hash256> PieceHashes);

/// <summary>
/// Makes the metainfo of a release. The same files give the same bytes on every machine, in whatever order they are added: nothing
/// but name, piece length, paths, contents, executable bits and link targets goes in, no time and no creator.
/// </summary>
/// <remarks>
/// The info-hash is the one libtorrent 2.0.8 gives the same folder, with one exception: libtorrent writes a link's text as it stands,
/// BEP 47 wants the target relative to the release; the two differ for links in folders. libtorrent loads both forms.
/// A release of ONE file at its top is what BEP 52 calls a single-file torrent: libtorrent then ignores the name (equal to the file's
/// or not) and keeps the file directly in its save path, not in a folder of the torrent's name. Our peers always use the release folder.
/// </remarks>
public static class MetainfoBuilder
{
    private const long PiecesWanted = 600;
    private const int PieceLengthMin = PieceLayout.BlockLength;
    private const int PieceLengthChosenMax = 4 * 1024 * 1024;

    /// <param name="name">name of the torrent: the application, not the release, so that the same content has the same info-hash</param>
    /// <param name="pieceLength">bytes, a power of two from 16 KiB to 8 MiB</param>
    /// <exception cref="MetainfoException">a path is not portable or not safe; the message names it</exception>
    public static Metainfo Build(string name, int pieceLength, IReadOnlyList<HashedFile> files, string? announce = null) =>
        Build(name, pieceLength, files, announce, MetainfoLimits.PieceLengthMax);

    /// <summary>For tests of what longer pieces would need.</summary>
    internal static Metainfo Build(string name, int pieceLength, IReadOnlyList<HashedFile> files, string? announce, int pieceLengthMax)
    {
        if (!PieceLayout.IsPieceLength(pieceLength) || pieceLength > pieceLengthMax)
        {
            throw new MetainfoException($"The piece length {pieceLength} is not a power of two from 16 KiB to 8 MiB.");
        }

        HashedFile[] sorted = [.. files];
        Array.Sort(sorted, (left, right) => FileTreeWriter.Order(left.Path, right.Path));
        SortedDictionary<Hash256, IReadOnlyList<Hash256>> layers = new(Comparer<Hash256>.Create(Hash256.Compare));
        BencodeWriter writer = new(SizeOf(sorted));
        writer.BeginDictionary();
        if (announce is not null)
        {
            writer.WriteKey("announce"u8).WriteString(announce);
        }

        WriteInfo(writer.WriteKey("info"u8), name, pieceLength, sorted, layers);
        WriteLayers(writer.WriteKey("piece layers"u8), layers);
        writer.End();

        // The reader is the validator: what it refuses of others we do not make either.
        return MetainfoReader.TryRead(writer.ToMemory(), pieceLengthMax, out Metainfo? metainfo, out string? error) ? metainfo! : throw new MetainfoException(error!);
    }

    /// <summary>
    /// Bytes of a piece that suits these files: the largest power of two of which the release holds at least 600, from 16 KiB to 4 MiB.
    /// </summary>
    /// <remarks>
    /// A piece must have arrived whole before it is passed on, and it shares its sender's link with others, so the last host waits some
    /// pieces longer than the first. Simulated, 110 MB at 25 Mbit/s, last host ÷ F/C: to 32 hosts 1.10 with 210 pieces, 1.07 with 420, 1.03 with
    /// 840 and 1.02 with 1,680; to 16 hosts 1.07, 1.05, 1.02 and 1.01. Shorter pieces cost messages, each peer's for each piece. BEP 52 starts a
    /// new piece with each file, so a small file costs one short piece whatever the length; only bytes count here, not files: a
    /// release of a thousand small files and one large one must not get pieces as large as the large file.
    /// </remarks>
    public static int ChoosePieceLength(IReadOnlyList<long> fileLengths)
    {
        long total = fileLengths.Sum();
        int pieceLength = PieceLengthMin;
        while (pieceLength < PieceLengthChosenMax && total / (pieceLength * 2L) >= PiecesWanted)
        {
            pieceLength *= 2;
        }

        return pieceLength;
    }

    private static Hash256 RootOf(HashedFile file, int pieceLength)
    {
        long pieces = (file.Length + pieceLength - 1) / pieceLength;
        if (file.Length < 0 || file.PieceHashes.Count != pieces || (file.SymlinkTarget is not null && file.Length > 0))
        {
            throw new ArgumentException($"'{file.Path}' of {file.Length} bytes came with {file.PieceHashes.Count} piece hashes");
        }

        return pieces switch
        {
            0 => default,
            1 => file.PieceHashes[0],
            _ => MerkleTree.FileRoot([.. file.PieceHashes], pieceLength / PieceLayout.BlockLength),
        };
    }

    /// <summary>Bytes of what will be written, roughly, so that megabytes are not written into ever larger buffers.</summary>
    private static int SizeOf(HashedFile[] files)
    {
        const int Fixed = 1024;
        const int OfFile = 100; // without its folder: d0:d6:lengthi1024e11:pieces root32:…ee and the lengths of the strings
        long size = Fixed;
        foreach (HashedFile file in files)
        {
            size += OfFile + file.Path.Length - file.Path.LastIndexOf('/') + (file.PieceHashes.Count > 1 ? file.PieceHashes.Count * Hash256.Size : 0);
        }

        return (int)Math.Min(size, Array.MaxLength);
    }

    private static void WriteInfo(BencodeWriter writer, string name, int pieceLength, HashedFile[] files, SortedDictionary<Hash256, IReadOnlyList<Hash256>> layers)
    {
        writer.BeginDictionary();
        FileTreeWriter.Write(writer.WriteKey("file tree"u8), files, file =>
        {
            Hash256 root = RootOf(file, pieceLength);
            if (file.PieceHashes.Count > 1)
            {
                layers[root] = file.PieceHashes; // identical files share a layer
            }

            return root;
        });
        writer.WriteKey("meta version"u8).WriteInteger(2);
        writer.WriteKey("name"u8).WriteString(name);
        writer.WriteKey("piece length"u8).WriteInteger(pieceLength);
        writer.WriteKey("private"u8).WriteInteger(1); // BEP 27
        writer.End();
    }

    private static void WriteLayers(BencodeWriter writer, SortedDictionary<Hash256, IReadOnlyList<Hash256>> layers)
    {
        writer.BeginDictionary();
        foreach ((Hash256 root, IReadOnlyList<Hash256> hashes) in layers)
        {
            byte[] layer = new byte[hashes.Count * Hash256.Size];
            for (int at = 0; at < hashes.Count; at++)
            {
                hashes[at].CopyTo(layer.AsSpan(at * Hash256.Size));
            }

            writer.WriteKey(root.ToArray()).WriteString(layer);
        }

        writer.End();
    }
}

/// <summary>The files cannot be described by a safe, portable metainfo. The message names the file and says why.</summary>
public sealed class MetainfoException(string message) : Exception(message);
