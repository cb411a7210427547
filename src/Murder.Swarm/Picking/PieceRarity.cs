namespace Murder.Swarm;

/// <summary>
/// How many of the connected peers have each piece, and the pieces that nobody has begun to fetch ("free"), by that count. A changed count
/// is O(1): the free pieces stand in one array, bucket after bucket, and a piece goes to the next bucket by changing places with the one at
/// its bucket's end. Peers that have everything are one number for all pieces.
/// </summary>
internal sealed class PieceRarity
{
    private const int NotFree = -1;

    private readonly Count[] _counts; // by piece
    private readonly int[] _order; // the free pieces
    private readonly List<int> _ends = [0]; // by holders: where the bucket ends, and the next one begins
    private readonly Bitfield _free;

    public PieceRarity(int pieceCount)
    {
        _counts = new Count[pieceCount];
        Array.Fill(_counts, new Count { Place = NotFree });
        _order = new int[pieceCount];
        _free = new Bitfield(pieceCount);
    }

    /// <summary>Peers that have every piece; they are not among the holders of each.</summary>
    public int Seeds { get; set; }

    public int FreeCount => _free.Count;

    public Bitfield Free => _free;

    /// <summary>Buckets of free pieces, rarest first.</summary>
    public int BucketCount => _ends.Count;

    public int HoldersOf(int piece) => _counts[piece].Holders + Seeds;

    public ReadOnlySpan<int> Bucket(int holders) => _order.AsSpan(StartOf(holders).._ends[holders]);

    public void AddHolder(int piece)
    {
        ref Count count = ref _counts[piece];
        if (count.Place != NotFree)
        {
            MoveUp(piece, count.Holders);
        }

        count.Holders++;
    }

    public void RemoveHolder(int piece)
    {
        ref Count count = ref _counts[piece];
        count.Holders--;
        if (count.Place != NotFree)
        {
            MoveDown(piece, count.Holders);
        }
    }

    /// <summary>The piece is free; it goes through all buckets above its own, so this is for what happens once or twice a piece.</summary>
    public void Release(int piece)
    {
        if (!_free.Add(piece))
        {
            return;
        }

        int holders = _counts[piece].Holders;
        while (_ends.Count <= holders)
        {
            _ends.Add(_ends[^1]);
        }

        Put(piece, _ends[^1]++);
        for (int bucket = _ends.Count - 2; bucket >= holders; bucket--)
        {
            MoveDown(piece, bucket);
        }
    }

    /// <summary>The piece is begun.</summary>
    public void Take(int piece)
    {
        if (!_free.Remove(piece))
        {
            return;
        }

        for (int bucket = _counts[piece].Holders; bucket < _ends.Count - 1; bucket++)
        {
            MoveUp(piece, bucket);
        }

        Swap(piece, --_ends[^1]);
        _counts[piece].Place = NotFree;
    }

    private int StartOf(int holders) => holders == 0 ? 0 : _ends[holders - 1];

    /// <summary>From the bucket of so many holders to the next.</summary>
    private void MoveUp(int piece, int holders)
    {
        if (holders == _ends.Count - 1)
        {
            _ends.Add(_ends[^1]);
        }

        Swap(piece, --_ends[holders]);
    }

    /// <summary>Into the bucket of so many holders, from the next.</summary>
    private void MoveDown(int piece, int holders) => Swap(piece, _ends[holders]++);

    private void Swap(int piece, int place)
    {
        Put(_order[place], _counts[piece].Place);
        Put(piece, place);
    }

    private void Put(int piece, int place)
    {
        _order[place] = piece;
        _counts[piece].Place = place;
    }

    private struct Count
    {
        public int Holders;

        /// <summary>In the order of free pieces.</summary>
        public int Place;
    }
}
