using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Murder.Swarm.IO;

/// <summary>
/// The transient tracker: HTTP on a port the system chooses, both IP families, for one info-hash and only with this deploy's secret
/// in the path: <c>/SECRET/announce</c> and <c>/SECRET/scrape</c> (BEP 3, 7, 23, 48). Connections run side by side; the state behind them
/// is under one lock, for microseconds a request.
/// <para>
/// In a swarm with certificates it speaks HTTPS with members only, and an announce must be for the peer that the certificate names: who
/// overheard a URL or a whole announce has nothing, since neither can be repeated without a member's key.
/// </para>
/// </summary>
public sealed class TrackerServer : IAsyncDisposable
{
    private readonly TrackerServerOptions _options;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly byte[] _secret;
    private readonly MemberTls? _security;
    private readonly Doorstep _doorstep;
    private readonly Lock _gate = new();
    private readonly TrackerState _state; // under _gate
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private int _connectionCount;
    private Task? _running;

    /// <summary>Binds the port; answers from <see cref="RunAsync"/> on.</summary>
    /// <param name="secret">hexadecimal, at least 128 bits</param>
    /// <param name="listenAddress">null for every address of both families</param>
    /// <param name="security">the tracker's certificate; null for plain HTTP</param>
    public TrackerServer(InfoHash infoHash, string secret, ulong seed, TimeProvider time, IPAddress? listenAddress = null, MemberTls? security = null)
        : this(infoHash, secret, seed, time, listenAddress, security, TrackerServerOptions.Default)
    {
    }

    internal TrackerServer(InfoHash infoHash, string secret, ulong seed, TimeProvider time, IPAddress? listenAddress, MemberTls? security, TrackerServerOptions options)
    {
        if (secret.Length < 32 || !secret.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException("a secret has at least 32 hexadecimal digits", nameof(secret));
        }

        _options = options;
        _security = security;
        _doorstep = new Doorstep(options.AuthenticationsMax, options.RequestTimeout, time);
        _time = time;
        _origin = time.GetTimestamp();
        _secret = Encoding.ASCII.GetBytes(secret);
        _state = new TrackerState(infoHash, options.Tracker, seed);
        _listener = Listen(listenAddress, options.Backlog);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    private Instant Now => new(_time.GetElapsedTime(_origin).Ticks);

    /// <summary>
    /// Adds a peer of this same machine (the seeder), which is handed out with the address at which the asking peer reached the tracker.
    /// </summary>
    public void AddLocalSeed(PeerId peer, int port)
    {
        lock (_gate)
        {
            _state.AddLocalSeed(peer, port);
        }
    }

    /// <summary>Answers an announce that came another way than over HTTP, from a peer that reaches no address of this machine.</summary>
    /// <param name="query">as after the '?' of an announce URL</param>
    /// <param name="from">where others reach the peer</param>
    /// <param name="member">who the peer has proved to be; null in a swarm without certificates</param>
    /// <returns>what would be the body of the answer</returns>
    public byte[] Announce(string query, IPAddress from, PeerId? member) => Announce(query, from, reachedAt: null, member);

    /// <param name="address">an address of this machine, as a member can reach it</param>
    public Uri AnnounceUrl(IPAddress address)
    {
        // A scope ("%eth0") names an interface of this machine and means nothing to another one.
        var plain = new IPAddress(Unmapped(address).GetAddressBytes());
        return new Uri($"{(_security is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps)}://{new IPEndPoint(plain, Port)}/{Encoding.ASCII.GetString(_secret)}/announce");
    }

    /// <summary>Answers until the token is cancelled or the server is disposed, then closes every connection and returns. To be called once.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        if (_running is not null)
        {
            throw new InvalidOperationException("the tracker has run already");
        }

        return _running = AcceptAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        if (_running is not null)
        {
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // who called RunAsync gets its exception
        }

        _stopping.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var connections = new List<Task>();
        int sweepAt = 64;
        try
        {
            while (true)
            {
                Socket? socket = await TryAcceptAsync(stop.Token).ConfigureAwait(false);
                if (socket is not null)
                {
                    connections.Add(ServeAsync(socket, stop.Token));
                }

                if (connections.Count >= sweepAt)
                {
                    await ForgetFinishedAsync(connections).ConfigureAwait(false);
                    sweepAt = Math.Max(64, 2 * connections.Count);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // expected: this is how it ends
        }
        finally
        {
            _listener.Dispose();
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(connections).ConfigureAwait(false);
        }
    }

    // A fault among them is a bug of ours, which ends the tracker: awaiting brings it to light.
    private static async Task ForgetFinishedAsync(List<Task> connections)
    {
        foreach (Task finished in connections.Where(task => task.IsCompleted))
        {
            await finished.ConfigureAwait(false);
        }

        connections.RemoveAll(task => task.IsCompleted);
    }

    /// <summary>Null when a connection was lost before it was accepted, or there are too many.</summary>
    private async ValueTask<Socket?> TryAcceptAsync(CancellationToken stop)
    {
        Socket socket;
        try
        {
            socket = await _listener.AcceptAsync(stop).ConfigureAwait(false);
        }
        catch (SocketException) when (!stop.IsCancellationRequested)
        {
            await Task.Delay(_options.AcceptRetryDelay, _time, stop).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            throw new OperationCanceledException("the tracker stops", e, stop);
        }

        if (Volatile.Read(ref _connectionCount) >= _options.ConnectionsMax)
        {
            socket.Dispose();
            return null;
        }

        return socket;
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        Interlocked.Increment(ref _connectionCount);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // so that one connection's work never delays the next accept
        try
        {
            using Socket open = socket;
            socket.NoDelay = true;
            IPAddress from = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            IPAddress reachedAt = Unmapped(((IPEndPoint)socket.LocalEndPoint!).Address);
            if (await AuthenticateAsync(new NetworkStream(socket, ownsSocket: true), stop).ConfigureAwait(false) is { } channel)
            {
                using var connection = new HttpConnection(socket, channel.Stream, _options, _time, stop);
                await connection.ServeAsync(request => Answer(request, from, reachedAt, channel.Member)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // expected: peers go away, are too slow, or the tracker stops
        }
        finally
        {
            Interlocked.Decrement(ref _connectionCount);
        }
    }

    /// <summary>Null when the other side does not prove to be a member.</summary>
    private async Task<PeerChannel?> AuthenticateAsync(Stream stream, CancellationToken stop) =>
        _security is null
            ? new PeerChannel(stream, Member: null)
            : await _doorstep.StandAsync(stream, late => PeerChannel.OpenAsync(stream, isOutgoing: false, _security, late), stop).ConfigureAwait(false);

    private HttpAnswer Answer(HttpRequestHead request, IPAddress from, IPAddress reachedAt, PeerId? member)
    {
        string? action = ActionOf(request.Path);
        byte[]? body = action switch
        {
            "announce" => Announce(request.Query, from, reachedAt, member),
            "scrape" => Scrape(request.Query),
            _ => null,
        };
        return body is null ? HttpAnswer.Refusal(HttpStatus.NotFound) : new HttpAnswer(HttpStatus.Ok, body, request.KeepAlive);
    }

    /// <summary>What stands behind the secret; null when the secret is not ours. Takes the same time wherever the first wrong character is.</summary>
    private string? ActionOf(string path)
    {
        int slash = path.IndexOf('/', 1);
        return slash > 0 && CryptographicOperations.FixedTimeEquals(Encoding.Latin1.GetBytes(path[1..slash]), _secret) ? path[(slash + 1)..] : null;
    }

    private byte[] Announce(string query, IPAddress from, IPAddress? reachedAt, PeerId? member)
    {
        if (!AnnounceRequest.TryParse(query, out AnnounceRequest? request, out string? failure))
        {
            return AnnounceResponse.Failure(failure);
        }

        if (member is not null && request.Peer != member)
        {
            return AnnounceResponse.Failure("the certificate is another peer's");
        }

        lock (_gate)
        {
            return _state.TryAnnounce(request, from, reachedAt, Now, out AnnounceResponse? response, out failure)
                ? response.ToBytes()
                : AnnounceResponse.Failure(failure);
        }
    }

    private byte[] Scrape(string query)
    {
        lock (_gate)
        {
            return _state.TryScrape(query, Now, out ScrapeResponse? response, out string? failure) ? response.ToBytes() : AnnounceResponse.Failure(failure);
        }
    }

    private static Socket Listen(IPAddress? address, int backlog)
    {
        if (address is not null)
        {
            return Bind(address, backlog);
        }

        try
        {
            return Bind(IPAddress.IPv6Any, backlog);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
        {
            return Bind(IPAddress.Any, backlog); // a machine without IPv6
        }
    }

    private static Socket Bind(IPAddress address, int backlog)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, 0));
            socket.Listen(backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
