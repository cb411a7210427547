namespace Murder.PeerHost;

/// <summary>
/// How long an agent lives without its deployer. Nothing below notices a link that is dead: an SSH session whose client was lost has
/// been seen alive after 21 minutes.
/// </summary>
internal sealed class Lease : IDisposable
{
    private readonly TimeSpan _length;
    private readonly ITimer _timer;

    /// <param name="expired">called once, on a pool thread, when nothing renewed the lease for its length</param>
    public Lease(TimeSpan length, TimeProvider time, Action expired)
    {
        _length = length;
        _timer = time.CreateTimer(_ => expired(), null, length, Timeout.InfiniteTimeSpan);
    }

    public void Renew() => _timer.Change(_length, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();
}
