namespace Murder.Testing;

/// <summary>Waits for something that other processes bring about.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Comes back when the condition holds.</summary>
    /// <exception cref="TimeoutException">it did not hold for a minute</exception>
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    /// <inheritdoc cref="TrueAsync(Func{bool})"/>
    public static Task TrueAsync(Func<Task<bool>> condition) => TrueAsync(condition, Patience);

    /// <inheritdoc cref="TrueAsync(Func{bool})"/>
    /// <param name="patience">in place of that minute</param>
    public static Task TrueAsync(Func<bool> condition, TimeSpan patience) => TrueAsync(() => Task.FromResult(condition()), patience);

    private static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan patience)
    {
        using CancellationTokenSource deadline = new(patience);
        using PeriodicTimer timer = new(Pause);
        while (!await condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"what was waited for did not come about within {patience.TotalSeconds:0} s");
            }
        }
    }
}
