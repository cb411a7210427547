namespace Murder.Swarm;

/// <summary>The blocks one peer has asked of us: those that wait, in order, and how many are with the driver.</summary>
internal sealed class UploadQueue
{
    private readonly List<(BlockRef Block, long Order)> _waiting = [];
    private int _first; // what is before it has been taken

    public int WaitingCount => _waiting.Count - _first;

    public int SendingCount { get; private set; }

    public int Count => WaitingCount + SendingCount;

    /// <summary>Kept by the line of all peers: where this one stands in it; null when it does not.</summary>
    public long? PlaceInLine { get; set; }

    /// <summary>When a block was last sent, or began to be while none was.</summary>
    public Instant LastProgress { get; private set; }

    /// <summary>Place of the first that waits among all requests of all peers; there must be one.</summary>
    public long FirstOrder => _waiting[_first].Order;

    /// <param name="order">its place among all requests of all peers; most come after all that wait, so the search for it ends soon</param>
    public void Add(BlockRef block, long order)
    {
        int at = _waiting.Count;
        while (at > _first && _waiting[at - 1].Order > order)
        {
            at--;
        }

        _waiting.Insert(at, (block, order));
    }

    /// <summary>Takes the next block to send; there must be one.</summary>
    public BlockRef Send(Instant now)
    {
        TryTake(out BlockRef block);
        LastProgress = SendingCount++ == 0 ? now : LastProgress;
        return block;
    }

    /// <summary>Takes the next block without sending it.</summary>
    public bool TryTake(out BlockRef block)
    {
        if (WaitingCount == 0)
        {
            block = default;
            return false;
        }

        block = _waiting[_first++].Block;
        if (_first == _waiting.Count)
        {
            _waiting.Clear();
            _first = 0;
        }
        else if (_first >= 16 && _first > _waiting.Count / 2)
        {
            _waiting.RemoveRange(0, _first);
            _first = 0;
        }

        return true;
    }

    /// <summary>The peer no longer wants the block; false when it does not wait.</summary>
    public bool Cancel(BlockRef block)
    {
        int at = _waiting.FindIndex(_first, waiting => waiting.Block == block);
        if (at < 0)
        {
            return false;
        }

        _waiting.RemoveAt(at);
        return true;
    }

    /// <summary>One block is sent; false when none was being sent.</summary>
    public bool TryFinish(Instant now)
    {
        if (SendingCount == 0)
        {
            return false;
        }

        SendingCount--;
        LastProgress = now;
        return true;
    }
}
