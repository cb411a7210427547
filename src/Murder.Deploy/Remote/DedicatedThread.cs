namespace Murder.Deploy;

/// <summary>
/// Runs work that blocks on a thread of its own. SSH.NET and the pipes of child processes block; on pool threads a few dozen hosts would
/// starve everything else in the process (the pool adds one or two threads a second).
/// </summary>
internal static class DedicatedThread
{
    /// <summary>Small, because a deploy to a thousand hosts has two thousand of these.</summary>
    private const int StackBytes = 256 * 1024;

    /// <summary>Completes as the work does. A background thread: it never keeps the process alive.</summary>
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(work, done), StackBytes) { IsBackground = true, Name = name };
        thread.Start();
        return done.Task;
    }

    public static Task RunAsync(string name, Action work) => RunAsync(name, () =>
    {
        work();
        return true;
    });

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> done)
    {
        try
        {
            done.SetResult(work());
        }
        catch (Exception e) // all of them: the awaiter decides which were expected
        {
            done.SetException(e);
        }
    }
}
