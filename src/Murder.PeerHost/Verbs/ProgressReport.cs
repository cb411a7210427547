using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost;

/// <summary>
/// Tells the deployer now and then how far the member is, when something has changed, and notices when nothing arrives any more. Runs as long
/// as the member does: what is sent while seeding counts too.
/// </summary>
internal sealed class ProgressReport : IAsyncDisposable
{
    private readonly SwarmMember _member;
    private readonly long _totalBytes;
    private readonly long _resumedBytes;
    private readonly IEventSink _events;
    private readonly FetchOptions _options;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _sending = new();
    private readonly Task _run;
    private AgentProgress? _last;

    /// <summary>Says where the member stands, and goes on saying it.</summary>
    public ProgressReport(SwarmMember member, long totalBytes, long resumedBytes, IEventSink events, FetchOptions options, TimeProvider time)
    {
        _member = member;
        _totalBytes = totalBytes;
        _resumedBytes = resumedBytes;
        _events = events;
        _options = options;
        _time = time;
        Send();
        _run = RunAsync(_ending.Token);
    }

    /// <summary>Ends when no byte arrived for <see cref="FetchOptions.StallAfter"/> although some are missing.</summary>
    public Task Stalled => _stalled.Task;

    public TimeSpan StallAfter => _options.StallAfter;

    /// <summary>Says where the member stands, unless that was said last.</summary>
    public void Send()
    {
        lock (_sending)
        {
            while (_member.Bans.TryRead(out AgentPeerBanned? ban))
            {
                _events.Send(ban);
            }

            SwarmStats stats = _member.Stats;
            AgentProgress now = new(stats.VerifiedBytes, _totalBytes, _resumedBytes, stats.DownloadedBytes, stats.UploadedBytes, stats.PeersConnected);
            if (now != _last)
            {
                _last = now;
                _events.Send(now);
            }
        }
    }

    /// <summary>Ends the reports; <see cref="Send"/> still works.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(_options.ProgressInterval, _time);
        SwarmStats lastMoved = _member.Stats;
        long movedAt = _time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                SwarmStats stats = _member.Stats;
                Send();
                if (stats.DownloadedBytes != lastMoved.DownloadedBytes || stats.VerifiedBytes != lastMoved.VerifiedBytes)
                {
                    lastMoved = stats;
                    movedAt = _time.GetTimestamp();
                }
                else if (stats.VerifiedBytes < _totalBytes && _time.GetElapsedTime(movedAt) >= StallAfter)
                {
                    _stalled.TrySetResult();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Expected: the member leaves.
        }
    }
}
