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
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource deadline = new(Patience);
        using PeriodicTimer timer = new(Pause);
        while (!await condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"what was waited for did not come about within {Patience.TotalSeconds:0} s");
            }
        }
    }
}
