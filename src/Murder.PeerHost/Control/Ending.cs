namespace Murder.PeerHost;

/// <summary>Why an agent ends.</summary>
internal enum EndReason
{
    /// <summary>The deploy is over.</summary>
    Stop,

    /// <summary>The deploy was cancelled: what it half-wrote goes away.</summary>
    Abort,

    /// <summary>Nobody is left to talk to; what is verified may serve the next deploy.</summary>
    DeployerGone,
}

/// <summary>The end of an agent, called for from any thread. The first reason counts.</summary>
#pragma warning disable CA1001 // never disposed of: the thread that reads commands cannot be woken, outlives the agent and may call for its end even then
internal sealed class Ending
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource<EndReason> _reason = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancelled when the agent is to end.</summary>
    public CancellationToken Token => _source.Token;

    public Task<EndReason> Reason => _reason.Task;

    public void Request(EndReason reason)
    {
        if (_reason.TrySetResult(reason))
        {
            _source.Cancel();
        }
    }
}
