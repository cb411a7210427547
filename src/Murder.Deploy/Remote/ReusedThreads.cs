using System.Collections.Concurrent;

namespace Murder.Deploy;

/// <summary>
/// As <see cref="DedicatedThread"/>, for work that is short and comes often: a thread that has done its work waits a while for more. A thousand agents hear from us
/// two hundred times a second, and a thread that is made for each time costs several times what it does. However many are busy or hang, none waits for another.
/// Thread-safe.
/// </summary>
internal sealed class ReusedThreads(string name)
{
    /// <summary>Longer than the agents' heartbeats are apart.</summary>
    private static readonly TimeSpan s_idleMax = TimeSpan.FromSeconds(10);

    private readonly ConcurrentStack<Worker> _idle = [];

    /// <summary>Completes as the work does.</summary>
    public Task RunAsync(Action work)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Do()
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception e) // all of them: the awaiter decides which were expected
            {
                done.SetException(e);
            }
        }

        while (_idle.TryPop(out Worker? worker))
        {
            if (worker.TryGive(Do))
            {
                return done.Task;
            }
        }

        _ = DedicatedThread.RunAsync(name, () => Work(Do)); // ends by itself, and what it does is awaited by whoever gave it
        return done.Task;
    }

    private void Work(Action first)
    {
        using Worker self = new(first);
        while (self.TryTake(s_idleMax) is { } work)
        {
            work();
            _idle.Push(self);
        }
    }

    /// <summary>One thread's next work. Once it has given up waiting it takes none.</summary>
    private sealed class Worker(Action first) : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly SemaphoreSlim _given = new(1);
        private Action? _next = first;
        private bool _hasLeft;

        public bool TryGive(Action work)
        {
            lock (_lock)
            {
                if (_hasLeft)
                {
                    return false;
                }

                _next = work;
                _given.Release();
                return true;
            }
        }

        /// <summary>Null when none came in time: then the thread leaves.</summary>
        public Action? TryTake(TimeSpan max)
        {
            bool isGiven = _given.Wait(max);
            lock (_lock)
            {
                if (_next is null)
                {
                    _hasLeft = true;
                    return null;
                }

                if (!isGiven)
                {
                    _given.Wait(); // it came just now, and its signal with it
                }

                return Interlocked.Exchange(ref _next, null);
            }
        }

        public void Dispose() => _given.Dispose();
    }
}
