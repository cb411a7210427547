namespace Murder.Swarm;

/// <summary>
/// Answers to hash requests (BEP 52): finds the file that a request names by its root, and what of it must be read first. From the piece
/// layer up everything follows from the metainfo; leaves are read from the store. The trees themselves are <see cref="MerkleProof"/>'s.
/// </summary>
internal sealed class HashAnswer
{
    private readonly Metainfo _metainfo;
    private readonly PieceLayout _layout;

    public HashAnswer(Metainfo metainfo)
    {
        _metainfo = metainfo;
        _layout = metainfo.Layout;
    }

    /// <summary>False when the request cannot be served. True with hashes when it is answered; true with a load when leaves must be read first.</summary>
    public bool TryAnswer(in HashRequest request, Bitfield stored, out Hash256[]? hashes, out HashRequest load)
    {
        hashes = null;
        load = default;
        MerkleRange range = RangeOf(request);
        ReadOnlySpan<int> copies = _metainfo.FilesOf(request.PiecesRoot); // files of equal content share a root
        if (copies.IsEmpty || !MerkleProof.CanAnswer(_metainfo, copies[0], range))
        {
            return false;
        }

        (int firstBlock, int count) = MerkleProof.LeavesFor(_metainfo, copies[0], range);
        if (count == 0)
        {
            hashes = MerkleProof.Answer(_metainfo, copies[0], range, []);
            return true;
        }

        load = new HashRequest(request.PiecesRoot, 0, firstBlock, count, 0);
        foreach (int file in copies)
        {
            if (IsStored(load, file, stored))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The answer once the leaves are read; null when they are not those of the metainfo.</summary>
    public Hash256[]? FromLeaves(in HashRequest request, in HashRequest load, ReadOnlySpan<Hash256> leaves)
    {
        int file = _metainfo.FilesOf(request.PiecesRoot)[0];
        return leaves.Length == load.Length && AreRight(load, file, leaves)
            ? MerkleProof.Answer(_metainfo, file, RangeOf(request), leaves)
            : null;
    }

    private static MerkleRange RangeOf(in HashRequest request) => new(request.BaseLayer, request.Index, request.Length, request.ProofLayers);

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
}
