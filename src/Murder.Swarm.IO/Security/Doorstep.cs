namespace Murder.Swarm.IO;

/// <summary>
/// Where connections stand until they have proved to be a member's. Bounded in number and time; when it is full, the one that has stood
/// there longest gives way: members need milliseconds, so that is a stranger, and holding connections open keeps nobody out. Thread-safe.
/// </summary>
internal sealed class Doorstep(int standingMax, TimeSpan timeout, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<IDisposable> _standing = [];

    public int Standing
    {
        get
        {
            lock (_gate)
            {
                return _standing.Count;
            }
        }
    }

    /// <param name="connection">disposed when it has to give way, which must make <paramref name="authenticate"/> end</param>
    /// <param name="authenticate">its token is cancelled when the time is up</param>
    public async Task<T?> StandAsync<T>(IDisposable connection, Func<CancellationToken, Task<T?>> authenticate, CancellationToken cancellationToken)
        where T : class
    {
        using CancellationTokenSource late = new(timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        LinkedListNode<IDisposable> place = Enter(connection);
        try
        {
            return await authenticate(either.Token).ConfigureAwait(false);
        }
        finally
        {
            Leave(place);
        }
    }

    private LinkedListNode<IDisposable> Enter(IDisposable connection)
    {
        IDisposable? oldest = null;
        LinkedListNode<IDisposable> place;
        lock (_gate)
        {
            if (_standing.Count >= standingMax)
            {
                oldest = _standing.First?.Value;
                _standing.RemoveFirst();
            }

            place = _standing.AddLast(connection);
        }

        oldest?.Dispose();
        return place;
    }

    private void Leave(LinkedListNode<IDisposable> place)
    {
        lock (_gate)
        {
            if (place.List is not null)
            {
                _standing.Remove(place);
            }
        }
    }
}
