namespace Murder.Swarm.IO;

/// <summary>
/// Buffers of 16 KiB by handle, from the moment a block arrives until it is on disk or released. A buffer has one owner at a time: the
/// receive loop that rented it, then the session (which knows only the handle), then the writers. Whoever owns it last returns it, once.
/// <para>
/// How many there are is bounded from two sides. What waits for the disk is bounded here: while <paramref name="storingMax"/> blocks wait,
/// nobody may rent, so a slow disk slows the network. What the session holds of unfinished pieces is bounded by its picker; it must not
/// be bounded here, for to withhold a buffer from the block that would finish a piece would be to wait for ourselves.
/// </para>
/// </summary>
/// <param name="storingMax">blocks</param>
internal sealed class BlockPool(int storingMax)
{
    private const int BlocksPerSlab = 64; // 1 MiB

    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private byte[][] _slabs = []; // replaced, never changed: readers need no lock
    private bool[] _isRented = [];
    private int _storing;
    private TaskCompletionSource? _room;

    /// <summary>Buffers that somebody owns.</summary>
    public int Rented
    {
        get
        {
            lock (_gate)
            {
                return (_slabs.Length * BlocksPerSlab) - _free.Count;
            }
        }
    }

    public Memory<byte> this[int handle] =>
        Volatile.Read(ref _slabs)[handle / BlocksPerSlab].AsMemory(handle % BlocksPerSlab * PieceLayout.BlockLength, PieceLayout.BlockLength);

    /// <summary>Takes a buffer; waits while the disk is behind.</summary>
    public async ValueTask<int> RentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_storing < storingMax)
                {
                    return Take();
                }

                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Return(int handle)
    {
        lock (_gate)
        {
            Put(handle);
        }
    }

    /// <summary>So many rented buffers wait for the disk from now on.</summary>
    public void BeginStoring(int count)
    {
        lock (_gate)
        {
            _storing += count;
        }
    }

    /// <summary>Returns buffers that waited for the disk.</summary>
    public void EndStoring(ReadOnlySpan<int> handles)
    {
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            foreach (int handle in handles)
            {
                Put(handle);
            }

            _storing -= handles.Length;
            if (_storing < storingMax)
            {
                (room, _room) = (_room, null);
            }
        }

        room?.SetResult();
    }

    private int Take()
    {
        if (_free.Count == 0)
        {
            AddSlab();
        }

        int handle = _free.Pop();
        _isRented[handle] = true;
        return handle;
    }

    private void Put(int handle)
    {
        if (!_isRented[handle])
        {
            throw new InvalidOperationException($"block buffer {handle} was returned twice");
        }

        _isRented[handle] = false;
        _free.Push(handle);
    }

    private void AddSlab()
    {
        int first = _slabs.Length * BlocksPerSlab;
        Volatile.Write(ref _slabs, [.. _slabs, GC.AllocateUninitializedArray<byte>(BlocksPerSlab * PieceLayout.BlockLength, pinned: true)]);
        Array.Resize(ref _isRented, first + BlocksPerSlab);
        for (int handle = first + BlocksPerSlab - 1; handle >= first; handle--)
        {
            _free.Push(handle);
        }
    }
}
