using System.Net;

namespace Murder.Swarm.IO;

/// <summary>How a driver takes part in a swarm.</summary>
public sealed record SwarmDriverOptions
{
    public SwarmOptions Session { get; init; } = SwarmOptions.Default;

    /// <summary>First port to listen on; 0 lets the system choose. When taken, the following ports are tried.</summary>
    public int Port { get; init; }

    /// <summary>How many ports are tried from <see cref="Port"/> on.</summary>
    public int PortsTried { get; init; } = 9;

    /// <summary>Where to listen: dual stack any by default.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.IPv6Any;

    /// <summary>Seed of everything random in this swarm member.</summary>
    public required ulong Seed { get; init; }
}

/// <summary>
/// One member of one swarm: carries out what a <see cref="SwarmSession"/> orders. One loop owns the session; sockets, disk and hashing
/// run beside it and report to it through one bounded channel. Holds no decision about BitTorrent.
/// </summary>
public sealed class SwarmDriver : IAsyncDisposable
{
    /// <summary>Binds the port; nothing is sent before <see cref="RunAsync"/>. The driver does not own the store.</summary>
    /// <param name="verified">pieces of the store that are verified already</param>
    /// <param name="announcer">the tracker; null for a member that is only connected to</param>
    public SwarmDriver(Metainfo metainfo, PieceStore store, Bitfield verified, IAnnouncer? announcer, SwarmDriverOptions options, TimeProvider time) =>
        throw new NotImplementedException();

    public PeerId Self => throw new NotImplementedException();

    /// <summary>The port that is listened on.</summary>
    public int Port => throw new NotImplementedException();

    /// <summary>A snapshot that may be read from any thread.</summary>
    public SwarmStats Stats => throw new NotImplementedException();

    /// <summary>Ends when every piece is verified and stored; faults when the store fails.</summary>
    public Task Completed => throw new NotImplementedException();

    /// <summary>Raised on the driver's loop when a peer is banned: its endpoint and the block it lied about. Must not block.</summary>
#pragma warning disable CS0067
    public event Action<IPEndPoint, BlockRef>? PeerBanned;
#pragma warning restore CS0067

    /// <summary>
    /// Takes part in the swarm until the token is cancelled, then says goodbye (at most two seconds) and closes everything.
    /// </summary>
    /// <exception cref="StorageException">the store failed: nothing more can be fetched</exception>
    public Task RunAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>The tracker as a swarm member sees it.</summary>
public interface IAnnouncer
{
    /// <summary>Tells the tracker and returns what it answers; null when it could not be reached or refused.</summary>
    Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken);
}

/// <summary>Where other peers listen, and when to announce again.</summary>
public sealed record AnnounceAnswer(IReadOnlyList<IPEndPoint> Peers, TimeSpan Interval);
