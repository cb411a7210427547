using System.Threading.Channels;

namespace Murder.Swarm.IO;

/// <summary>Carries announces to the tracker beside the driver's loop: one at a time, and of those that wait only the latest.</summary>
internal sealed class AnnounceLoop(IAnnouncer announcer, DriverInbox inbox)
{
    private readonly Channel<AnnounceRequest> _next =
        Channel.CreateBounded<AnnounceRequest>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Never waits.</summary>
    public void Announce(AnnounceRequest request) => _next.Writer.TryWrite(request);

    /// <summary>What waits is still announced, then the loop ends.</summary>
    public void Close() => _next.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (AnnounceRequest request in _next.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                AnnounceAnswer? answer = await announcer.AnnounceAsync(request, cancellationToken).ConfigureAwait(false);
                await inbox.PostAsync(answer is null ? SwarmInput.TrackerFailed() : SwarmInput.TrackerAnswered(answer.Peers, answer.Interval)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Expected: the driver ends and the tracker did not answer in time.
        }
    }
}
