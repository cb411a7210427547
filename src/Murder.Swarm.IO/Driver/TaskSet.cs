namespace Murder.Swarm.IO;

/// <summary>Owns tasks that run beside each other: each is awaited, and the first that fails is told to the owner.</summary>
/// <param name="failed">called for each task that throws: a bug, or a cancellation that nobody asked for</param>
internal sealed class TaskSet(Action<Exception> failed)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Starts on the thread pool.</summary>
    public void Run(Func<Task> work)
    {
        Task started = Task.Run(() => ObserveAsync(work));
        lock (_gate)
        {
            _running.Add(started);
        }

        // Also when it has ended meanwhile: a continuation of an ended task runs at once.
        started.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits until all have ended. Nobody may start more meanwhile.</summary>
    public async Task WhenAllEndedAsync()
    {
        Task[] running;
        lock (_gate)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        lock (_gate)
        {
            _running.Clear();
        }
    }

    private async Task ObserveAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failed(e);
        }
    }

    private void Forget(Task ended)
    {
        lock (_gate)
        {
            _running.Remove(ended);
        }
    }
}
