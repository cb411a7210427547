namespace Murder.Swarm;

/// <summary>
/// How many of the connected peers have each piece, and the pieces that nobody has begun to fetch ("free"), by that count. A changed count
/// is O(1): the free pieces stand in one array, bucket after bucket, and a piece goes to the next bucket by changing places with the one at
/// its bucket's end. Peers that have everything are one number for all pieces. Finding the rarest looks at a bounded number.
/// </summary>
internal sealed class PieceRarity
{
    /// <summary>Free pieces looked at, rarest first, before falling back to a sample.</summary>
    private const int SearchMax = 512;

    /// <summary>Pieces of the sample, of which the rarest is taken.</summary>
    private const int SampleMax = 64;

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

    public int HoldersOf(int piece) => _counts[piece].Holders + Seeds;

    /// <summary>The free piece of these that the fewest have, or nearly so; chance among equals. -1 when none of them is free.</summary>
    public int FindRarest(Bitfield useful, SwarmRandom random)
    {
        int first = useful.NextCommon(_free, 0);
        if (first < 0 || useful.NextCommon(_free, first + 1) < 0)
        {
            return first; // none or one, as nearly always after a HAVE: there is nothing to choose
        }

        int left = SearchMax;
        for (int holders = 0; holders < _ends.Count; holders++)
        {
            ReadOnlySpan<int> bucket = _order.AsSpan(StartOf(holders).._ends[holders]);
            int start = bucket.Length > 1 ? random.Next(bucket.Length) : 0;
            for (int step = 0; step < bucket.Length; step++)
            {
                int piece = bucket[(start + step) % bucket.Length];
                if (useful[piece])
                {
                    return piece;
                }

                if (--left == 0)
                {
                    return FindRarestOfSample(useful, random);
                }
            }
        }

        return -1;
    }

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

    /// <summary>Most of what is rare is not among these: then nearly rarest must do, for the search must not grow with the number of pieces.</summary>
    private int FindRarestOfSample(Bitfield useful, SwarmRandom random)
    {
        int rarest = -1;
        int at = random.Next(_counts.Length);
        bool isWrapped = false;
        for (int sample = 0; sample < SampleMax;)
        {
            int piece = useful.NextCommon(_free, at);
            if (piece < 0 && isWrapped)
            {
                break;
            }

            if (piece < 0)
            {
                isWrapped = true;
                at = 0;
                continue;
            }

            rarest = rarest < 0 || HoldersOf(piece) < HoldersOf(rarest) ? piece : rarest;
            at = piece + 1;
            sample++;
        }

        return rarest;
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
