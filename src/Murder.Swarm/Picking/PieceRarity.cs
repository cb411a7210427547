namespace Murder.Swarm;

/// <summary>
/// How many of the connected peers have each piece, and the pieces that nobody has begun to fetch ("free"), by that count. Every
/// change is O(1): a count moves a free piece from one bucket to the next. Peers that have everything are one number for all pieces.
/// </summary>
internal sealed class PieceRarity
{
    private readonly int[] _holders;
    private readonly int[] _place; // in its bucket; -1 when the piece is not free
    private readonly List<List<int>> _buckets = [[]];
    private readonly Bitfield _free;

    public PieceRarity(int pieceCount)
    {
        _holders = new int[pieceCount];
        _place = new int[pieceCount];
        Array.Fill(_place, -1);
        _free = new Bitfield(pieceCount);
    }

    /// <summary>Peers that have every piece; they are not among the holders of each.</summary>
    public int Seeds { get; set; }

    public int FreeCount => _free.Count;

    public Bitfield Free => _free;

    /// <summary>Buckets of free pieces, rarest first.</summary>
    public int BucketCount => _buckets.Count;

    public int HoldersOf(int piece) => _holders[piece] + Seeds;

    public List<int> Bucket(int holders) => _buckets[holders];

    public void AddHolder(int piece) => Move(piece, _holders[piece] + 1);

    public void RemoveHolder(int piece) => Move(piece, _holders[piece] - 1);

    public void Release(int piece)
    {
        if (_free.Add(piece))
        {
            Put(piece);
        }
    }

    public void Take(int piece)
    {
        if (_free.Remove(piece))
        {
            Pull(piece);
        }
    }

    private void Move(int piece, int holders)
    {
        bool isFree = _place[piece] >= 0;
        if (isFree)
        {
            Pull(piece);
        }

        _holders[piece] = holders;
        if (isFree)
        {
            Put(piece);
        }
    }

    private void Put(int piece)
    {
        while (_buckets.Count <= _holders[piece])
        {
            _buckets.Add([]);
        }

        List<int> bucket = _buckets[_holders[piece]];
        _place[piece] = bucket.Count;
        bucket.Add(piece);
    }

    private void Pull(int piece)
    {
        List<int> bucket = _buckets[_holders[piece]];
        int last = bucket[^1];
        bucket[_place[piece]] = last;
        _place[last] = _place[piece];
        bucket.RemoveAt(bucket.Count - 1);
        _place[piece] = -1;
    }
}
