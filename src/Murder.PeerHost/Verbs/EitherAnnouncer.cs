using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>Announces one way, and another way when that comes to nothing: something between may let a connection begin and nothing through it.</summary>
internal sealed class EitherAnnouncer(IAnnouncer first, IAnnouncer second) : IAnnouncer, IDisposable
{
    public string? LastFailure { get; private set; }

    public async Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken)
    {
        AnnounceAnswer? answer = await first.AnnounceAsync(request, cancellationToken).ConfigureAwait(false);
        LastFailure = first.LastFailure;
        return answer ?? await second.AnnounceAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        (first as IDisposable)?.Dispose();
        (second as IDisposable)?.Dispose();
    }
}
