using System.Net;

namespace Murder.Swarm.IO;

/// <summary>
/// The transient tracker: HTTP on a port the system chooses, both IP families, for one info-hash and only with this deploy's secret
/// in the path: <c>/SECRET/announce</c> and <c>/SECRET/scrape</c> (BEP 3, 7, 23, 48).
/// </summary>
public sealed class TrackerServer : IAsyncDisposable
{
    /// <summary>Binds the port; answers from <see cref="RunAsync"/> on.</summary>
    /// <param name="secret">hexadecimal, at least 128 bits</param>
    public TrackerServer(InfoHash infoHash, string secret, ulong seed, TimeProvider time, IPAddress? listenAddress = null) => throw new NotImplementedException();

    public int Port => throw new NotImplementedException();

    /// <summary>
    /// Adds a peer of this same process (the seeder), which is handed out with the address at which the asking peer reached the tracker.
    /// </summary>
    public void AddLocalSeed(PeerId peer, int port) => throw new NotImplementedException();

    public Uri AnnounceUrl(IPAddress address) => throw new NotImplementedException();

    public Task RunAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
