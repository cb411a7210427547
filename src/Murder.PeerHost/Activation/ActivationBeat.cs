using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Tells the deployer every few seconds that the steps of an activation are still at work, whatever they wait for.</summary>
internal sealed class ActivationBeat : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _run;

    public ActivationBeat(IEventSink events, ActivationOptions options, TimeProvider time) =>
        _run = RunAsync(events, options.BeatInterval, time, _ending.Token);

    /// <summary>Nothing is said after it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _ending.Dispose();
    }

    private static async Task RunAsync(IEventSink events, TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        using PeriodicTimer timer = new(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                events.Send(new AgentWorking(AgentWork.Activating, (long)time.GetElapsedTime(startedAt).TotalSeconds));
            }
        }
        catch (OperationCanceledException)
        {
            // Expected: the activation is over.
        }
    }
}
