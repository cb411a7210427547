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
internal sealed class Ending : IDisposable
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

    public void Dispose() => _source.Dispose();
}
