namespace Murder.Swarm;

/// <summary>The blocks one peer has asked of us: those that wait, in order, and how many are with the driver.</summary>
internal sealed class UploadQueue
{
    private readonly List<BlockRef> _waiting = [];
    private int _first; // what is before it has been taken

    public int WaitingCount => _waiting.Count - _first;

    public int SendingCount { get; private set; }

    public void Add(BlockRef block) => _waiting.Add(block);

    /// <summary>Takes the next block to send, when there is one and fewer than <paramref name="sendingMax"/> are being sent.</summary>
    public bool TrySend(int sendingMax, out BlockRef block)
    {
        if (SendingCount >= sendingMax || !TryTake(out block))
        {
            block = default;
            return false;
        }

        SendingCount++;
        return true;
    }

    /// <summary>Takes the next block without sending it.</summary>
    public bool TryTake(out BlockRef block)
    {
        if (WaitingCount == 0)
        {
            block = default;
            return false;
        }

        block = _waiting[_first++];
        if (_first == _waiting.Count)
        {
            _waiting.Clear();
            _first = 0;
        }
        else if (_first >= 64 && _first > _waiting.Count / 2)
        {
            _waiting.RemoveRange(0, _first);
            _first = 0;
        }

        return true;
    }

    /// <summary>The peer no longer wants the block; false when it does not wait.</summary>
    public bool Cancel(BlockRef block)
    {
        int at = _waiting.IndexOf(block, _first);
        if (at < 0)
        {
            return false;
        }

        _waiting.RemoveAt(at);
        return true;
    }

    /// <summary>One block is sent; false when none was being sent.</summary>
    public bool TryFinish()
    {
        if (SendingCount == 0)
        {
            return false;
        }

        SendingCount--;
        return true;
    }
}
