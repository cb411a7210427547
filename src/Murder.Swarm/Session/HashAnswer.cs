using System.Numerics;

namespace Murder.Swarm;

/// <summary>
/// Answers to hash requests (BEP 52): nodes of a file's Merkle tree, and the uncles that tie them to its root. From the piece layer
/// up everything follows from the metainfo; the layer of blocks must be read from the store; layers between are not served, which the
/// BEP allows. Keeps the upper layers of the file that was asked about last.
/// </summary>
internal sealed class HashAnswer
{
    /// <summary>BEP 52: a request should not be longer.</summary>
    public const int LengthMax = 512;

    private readonly Metainfo _metainfo;
    private readonly PieceLayout _layout;
    private readonly int _pieceLayer;
    private readonly Hash256 _emptyPiece;
    private readonly Dictionary<Hash256, List<int>> _filesByRoot = [];
    private Hash256[][] _upper = []; // of _upperFile, from the piece layer to the root
    private int _upperFile = -1;

    public HashAnswer(Metainfo metainfo)
    {
        _metainfo = metainfo;
        _layout = metainfo.Layout;
        _pieceLayer = BitOperations.Log2((uint)_layout.BlocksPerPiece);
        for (int layer = 0; layer < _pieceLayer; layer++)
        {
            _emptyPiece = Hash256.Combine(_emptyPiece, _emptyPiece);
        }

        for (int file = 0; file < _layout.FileCount; file++)
        {
            if (_layout.PieceCountOf(file) == 0)
            {
                continue;
            }

            if (!_filesByRoot.TryGetValue(metainfo.Files[file].PiecesRoot, out List<int>? copies))
            {
                _filesByRoot.Add(metainfo.Files[file].PiecesRoot, copies = []);
            }

            copies.Add(file);
        }
    }

    /// <summary>False when the request cannot be served. True with hashes when it is answered; true with a load when leaves must be read first.</summary>
    public bool TryAnswer(in HashRequest request, Bitfield stored, out Hash256[]? hashes, out HashRequest load)
    {
        hashes = null;
        load = default;
        if (!_filesByRoot.TryGetValue(request.PiecesRoot, out List<int>? copies) || !IsWellFormed(request, copies[0]))
        {
            return false;
        }

        if (request.BaseLayer >= _pieceLayer)
        {
            hashes = FromPieces(request, copies[0]);
            return true;
        }

        foreach (int file in copies)
        {
            load = LoadFor(request, file);
            if (request.BaseLayer == 0 && IsStored(load, file, stored))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The answer once the leaves are read; null when they are not those of the metainfo.</summary>
    public Hash256[]? FromLeaves(in HashRequest request, in HashRequest load, ReadOnlySpan<Hash256> leaves)
    {
        int file = _filesByRoot[request.PiecesRoot][0];
        if (leaves.Length != load.Length || !AreRight(load, file, leaves))
        {
            return null;
        }

        int end = request.Index + request.Length - load.Index;
        Hash256[] padded = new Hash256[Math.Max(end, WidthOf(load.Length, file))];
        leaves.CopyTo(padded);
        List<Hash256> answer = [.. padded.AsSpan(request.Index - load.Index, request.Length)];
        foreach ((int layer, int uncle) in Uncles(request))
        {
            int first = (uncle << layer) - load.Index;
            answer.Add(layer < _pieceLayer || _layout.PieceCountOf(file) == 1
                ? Root(padded.AsSpan(first, 1 << layer))
                : Upper(file)[layer - _pieceLayer][uncle]);
        }

        return [.. answer];
    }

    /// <summary>The root of a full tree over so many leaves, a power of two.</summary>
    public static Hash256 Root(ReadOnlySpan<Hash256> leaves)
    {
        Hash256[] row = leaves.ToArray();
        for (int width = row.Length / 2; width > 0; width /= 2)
        {
            for (int at = 0; at < width; at++)
            {
                row[at] = Hash256.Combine(row[2 * at], row[(2 * at) + 1]);
            }
        }

        return row[0];
    }

    private bool IsWellFormed(in HashRequest request, int file)
    {
        long leaves = (long)BitOperations.RoundUpToPowerOf2((ulong)_layout.BlockCountOfFile(file));
        int height = BitOperations.Log2((ulong)leaves);
        return request.BaseLayer >= 0 && request.BaseLayer < height
            && request.Length is >= 2 and <= LengthMax && BitOperations.IsPow2(request.Length)
            && request.Index >= 0 && request.Index % request.Length == 0
            && request.Index + (long)request.Length <= leaves >> request.BaseLayer
            && (long)request.Index << request.BaseLayer < _layout.BlockCountOfFile(file)
            && request.ProofLayers >= 0 && request.ProofLayers < height - request.BaseLayer;
    }

    /// <summary>Where the uncles of a request stand: layer above the leaves and index, from the bottom up. The layers that the answer itself spans have none.</summary>
    private static IEnumerable<(int Layer, int Index)> Uncles(HashRequest request)
    {
        int index = request.Index;
        for (int proof = 0; proof < request.ProofLayers; proof++)
        {
            index >>= 1;
            if (proof >= BitOperations.Log2((uint)request.Length) - 1)
            {
                yield return (request.BaseLayer + proof + 1, index ^ 1);
            }
        }
    }

    private Hash256[] FromPieces(in HashRequest request, int file)
    {
        Hash256[][] upper = Upper(file);
        List<Hash256> answer = [.. upper[request.BaseLayer - _pieceLayer].AsSpan(request.Index, request.Length)];
        foreach ((int layer, int uncle) in Uncles(request))
        {
            answer.Add(upper[layer - _pieceLayer][uncle]);
        }

        return [.. answer];
    }

    /// <summary>The blocks of every piece that the request touches, without those past the end of the file.</summary>
    private HashRequest LoadFor(in HashRequest request, int file)
    {
        int first = request.Index & -_layout.BlocksPerPiece;
        long end = Math.Max(request.Index + request.Length, first + _layout.BlocksPerPiece);
        return new HashRequest(request.PiecesRoot, 0, first, (int)(Math.Min(end, _layout.BlockCountOfFile(file)) - first), 0);
    }

    private bool IsStored(in HashRequest load, int file, Bitfield stored)
    {
        foreach (int piece in PiecesOf(load, file))
        {
            if (!stored[piece])
            {
                return false;
            }
        }

        return true;
    }

    private bool AreRight(in HashRequest load, int file, ReadOnlySpan<Hash256> leaves)
    {
        foreach (int piece in PiecesOf(load, file))
        {
            int first = (int)(_layout.FileOffset(piece) / PieceLayout.BlockLength) - load.Index;
            ReadOnlySpan<Hash256> own = leaves.Slice(first, _layout.BlockCount(piece));
            if (MerkleTree.PieceRoot(own, _layout.BlocksPerPiece, _layout.PieceCountOf(file) == 1) != _metainfo.PieceHash(piece))
            {
                return false;
            }
        }

        return true;
    }

    private IEnumerable<int> PiecesOf(HashRequest load, int file)
    {
        int first = load.Index / _layout.BlocksPerPiece;
        int last = (load.Index + load.Length - 1) / _layout.BlocksPerPiece;
        return Enumerable.Range(_layout.FirstPieceOf(file) + first, last - first + 1);
    }

    /// <summary>Leaves of the subtree over these blocks, padding included.</summary>
    private int WidthOf(int blocks, int file) => _layout.PieceCountOf(file) == 1
        ? (int)BitOperations.RoundUpToPowerOf2((uint)blocks)
        : (blocks + _layout.BlocksPerPiece - 1) & -_layout.BlocksPerPiece;

    private Hash256[][] Upper(int file)
    {
        if (_upperFile == file)
        {
            return _upper;
        }

        ReadOnlySpan<Hash256> pieces = _metainfo.PieceHashesOf(file);
        Hash256[] row = new Hash256[BitOperations.RoundUpToPowerOf2((uint)pieces.Length)];
        Array.Fill(row, _emptyPiece);
        pieces.CopyTo(row);
        List<Hash256[]> rows = [row];
        while (row.Length > 1)
        {
            Hash256[] parents = new Hash256[row.Length / 2];
            for (int at = 0; at < parents.Length; at++)
            {
                parents[at] = Hash256.Combine(row[2 * at], row[(2 * at) + 1]);
            }

            rows.Add(row = parents);
        }

        (_upperFile, _upper) = (file, [.. rows]);
        return _upper;
    }
}
