namespace Murder.SwarmBench;

/// <summary>The programs of one run; all end together, and a run that hangs ends too.</summary>
internal sealed class PeerGroup : IAsyncDisposable
{
    private static readonly TimeSpan s_startMax = TimeSpan.FromSeconds(60);

    private readonly List<PeerProcess> _peers = [];
    private readonly CancellationTokenSource _patience;

    private PeerGroup(double seconds, CancellationToken cancellationToken)
    {
        _patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _patience.CancelAfter(s_startMax + TimeSpan.FromSeconds(20 * seconds));
    }

    public CancellationToken Patience => _patience.Token;

    /// <param name="seconds">F/C: twenty times that is too long for any swarm</param>
    /// <exception cref="BenchException">the run hung, or failed by itself</exception>
    public static async Task<Outcome> RunAsync(double seconds, Func<PeerGroup, Task<Outcome>> run, CancellationToken cancellationToken)
    {
        await using PeerGroup group = new(seconds, cancellationToken);
        try
        {
            return await run(group);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BenchException("the swarm did not finish in time");
        }
    }

    public PeerProcess Start(Lab lab, string place, params IEnumerable<string> command)
    {
        PeerProcess peer = PeerProcess.Start(lab, place, command);
        _peers.Add(peer);
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PeerProcess peer in _peers)
        {
            await peer.DisposeAsync();
        }

        _patience.Dispose();
    }
}
