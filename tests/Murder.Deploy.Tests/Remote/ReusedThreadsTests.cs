using System.Collections.Concurrent;

namespace Murder.Deploy.Tests;

public sealed class ReusedThreadsTests
{
    [Fact]
    public async Task None_waits_for_one_that_hangs()
    {
        ReusedThreads threads = new("test");
        using ManualResetEventSlim release = new();
        Task[] hanging = [.. Enumerable.Range(0, 20).Select(_ => threads.RunAsync(release.Wait))];

        await threads.RunAsync(() => { });

        Assert.All(hanging, task => Assert.False(task.IsCompleted));
        release.Set();
        await Task.WhenAll(hanging);
    }

    [Fact]
    public async Task What_comes_one_after_the_other_needs_few_threads()
    {
        ReusedThreads threads = new("test");
        ConcurrentDictionary<int, bool> used = [];

        for (int count = 0; count < 200; count++)
        {
            await threads.RunAsync(() => used[Environment.CurrentManagedThreadId] = true);
        }

        Assert.True(used.Count < 50, $"{used.Count} threads");
    }

    [Fact]
    public async Task All_that_many_give_at_once_is_done()
    {
        ReusedThreads threads = new("test");
        int done = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int count = 0; count < 500; count++)
            {
                await threads.RunAsync(() => Interlocked.Increment(ref done));
            }
        })));

        Assert.Equal(4000, done);
    }

    [Fact]
    public async Task What_fails_is_told_to_who_gave_it_and_the_thread_goes_on()
    {
        ReusedThreads threads = new("test");

        await Assert.ThrowsAsync<IOException>(() => threads.RunAsync(() => throw new IOException()));

        await threads.RunAsync(() => { });
    }
}
