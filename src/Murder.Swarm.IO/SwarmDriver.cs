using System.Net;
using System.Runtime.ExceptionServices;

namespace Murder.Swarm.IO;

/// <summary>
/// One member of one swarm: carries out what a <see cref="SwarmSession"/> orders. One loop owns the session; sockets, disk and hashing
/// run beside it and report to it through one bounded channel. Holds no decision about BitTorrent.
/// </summary>
public sealed partial class SwarmDriver : IAsyncDisposable
{
    private readonly SwarmSession _session;
    private readonly SwarmDriverOptions _options;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly PeerListener _listener;
    private readonly PeerEntrance _entrance;
    private readonly DriverInbox _inbox = new();
    private readonly BlockPool _blocks;
    private readonly PieceWriters _writers;
    private readonly LeafReader _leaves;
    private readonly AnnounceLoop? _announces;
    private readonly PeerServices _services;
    private readonly ConnectionTable _connections;
    private readonly TaskSet _tasks;
    private readonly Outgoing _handshake;
    private readonly ReadOnlyMemory<byte> _infoHash;
    private readonly long _totalLength;
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _statsGate = new();
    private SwarmStats _stats;
    private Task? _run;
    private Exception? _fault;
    private int _connectionsTaken; // written by the loop

    /// <summary>Binds the port; nothing is sent before <see cref="RunAsync"/>. The driver does not own the store.</summary>
    /// <param name="verified">pieces of the store that are verified already</param>
    /// <param name="announcer">the tracker; null for a member that is only connected to</param>
    /// <exception cref="System.Net.Sockets.SocketException">none of the ports is free</exception>
    public SwarmDriver(Metainfo metainfo, PieceStore store, Bitfield verified, IAnnouncer? announcer, SwarmDriverOptions options, TimeProvider time)
    {
        SwarmRandom random = new(options.Seed);
        PeerId drawn = PeerId.Create(random);
        Self = options.Security is { } security ? security.Peer ?? throw new ArgumentException("the certificate names no peer", nameof(options)) : drawn;
        _listener = new PeerListener(options.ListenAddress, options.Port, options.PortsTried);
        _session = new SwarmSession(metainfo, verified, options.Session with { ListenPort = Port }, Self, random.Next());
        _stats = _session.Stats;
        _options = options;
        _time = time;
        _origin = time.GetTimestamp();
        _infoHash = metainfo.InfoHash.Truncated();
        _totalLength = metainfo.Layout.TotalLength;
        _handshake = Outgoing.OfBytes(HandshakeBytes());
        _blocks = new BlockPool(options.BlocksBeingStoredMax);
        _writers = new PieceWriters(store, _blocks, _inbox);
        _leaves = new LeafReader(metainfo, store, _inbox);
        _announces = announcer is null ? null : new AnnounceLoop(announcer, _inbox);
        _services = new PeerServices(_inbox, _blocks, store, options, time);
        _connections = new ConnectionTable(options.IncomingConnectionsMax + options.Session.OutgoingPeersMax);
        _tasks = new TaskSet(Fail);
        _entrance = new PeerEntrance(_listener, _inbox, () => _connections.IncomingCount >= options.IncomingConnectionsMax, options, time, Fail);
        if (verified.IsFull)
        {
            _completed.SetResult();
        }
    }

    /// <summary>Raised on the driver's loop when a peer is banned: its endpoint and a block of the piece it lied about. Must not block.</summary>
    public event Action<IPEndPoint, BlockRef>? PeerBanned;

    public PeerId Self { get; }

    /// <summary>The port that is listened on.</summary>
    public int Port => _listener.Port;

    /// <summary>A snapshot that may be read from any thread.</summary>
    public SwarmStats Stats
    {
        get
        {
            lock (_statsGate)
            {
                return _stats;
            }
        }

        private set
        {
            lock (_statsGate)
            {
                _stats = value;
            }
        }
    }

    /// <summary>When the first block was given to the network, as a timestamp of the driver's time provider; null before.</summary>
    public long? FirstUploadTimestamp => Stats.FirstUploadAt is { } at ? _origin + (long)((double)at.Ticks / TimeSpan.TicksPerSecond * _time.TimestampFrequency) : null;

    /// <summary>Ends when every piece is verified and stored; faults when the store fails; is cancelled when the run ends before.</summary>
    public Task Completed => _completed.Task;

    /// <summary>Tasks that run for this driver; none once <see cref="RunAsync"/> has ended.</summary>
    internal int TaskCount => _tasks.Count;

    /// <summary>Connections that the session was told of, since the beginning.</summary>
    internal int ConnectionsTaken => Volatile.Read(ref _connectionsTaken);

    /// <summary>Block buffers that are in use.</summary>
    internal int BlocksRented => _blocks.Rented;

    /// <summary>
    /// Takes part in the swarm until the token is cancelled, then says goodbye (at most two seconds) and closes everything. To be called once.
    /// </summary>
    /// <exception cref="StorageException">the store failed: nothing more can be fetched</exception>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        if (_run is not null)
        {
            throw new InvalidOperationException("a driver runs once");
        }

        return _run = Task.Run(() => LiveAsync(cancellationToken), CancellationToken.None);
    }

    /// <summary>Tells of peers that the tracker does not tell of. Those it cannot connect to are tried again now and then.</summary>
    public async Task MeetAsync(IReadOnlyList<IPEndPoint> peers) => await _inbox.PostAsync(SwarmInput.PeersFound(peers)).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync().ConfigureAwait(false);
        if (_run is not null)
        {
            // What went wrong is for who awaits RunAsync.
            await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _listener.Dispose();
        _completed.TrySetCanceled(CancellationToken.None);
    }

    private async Task LiveAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource ending = new();
        using CancellationTokenSource endingAnnounces = new(Timeout.InfiniteTimeSpan, _time);
        using (cancellationToken.UnsafeRegister(_ => Stop(), null))
        using (_disposing.Token.UnsafeRegister(_ => Stop(), null))
        {
            Start(ending.Token, endingAnnounces.Token);
            try
            {
                await LoopAsync(ending.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // A bug of ours. Everything ends as after any run, then it is rethrown.
                Fail(e);
            }

            await EndAsync(ending, endingAnnounces).ConfigureAwait(false);
        }

        if (_fault is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    private void Start(CancellationToken ending, CancellationToken endingAnnounces)
    {
        _tasks.Run(() => _entrance.RunAsync(ending));
        _tasks.Run(() => _leaves.RunAsync(ending));
        for (int writer = 0; writer < _options.WritersMax; writer++)
        {
            _tasks.Run(_writers.RunAsync);
        }

        if (_announces is not null)
        {
            _tasks.Run(() => _announces.RunAsync(endingAnnounces));
        }
    }

    /// <summary>Closes everything and waits for every task that was started. Pieces that wait for the disk are still written.</summary>
    private async Task EndAsync(CancellationTokenSource ending, CancellationTokenSource endingAnnounces)
    {
        await ending.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        foreach (PeerConnection connection in _connections.All)
        {
            connection.Close(CloseReason.Stopping);
        }

        _announces?.Close();
        endingAnnounces.CancelAfter(GoodbyeLeft());
        _writers.Close();
        _leaves.Close();
        _inbox.Close();
        await DisposeUntakenAsync().ConfigureAwait(false);
        await _tasks.WhenAllEndedAsync().ConfigureAwait(false);
        foreach (PeerConnection connection in _connections.All)
        {
            connection.Dispose();
        }

        _completed.TrySetCanceled(CancellationToken.None);
    }

    /// <summary>Connections that were opened too late for a slot.</summary>
    private async Task DisposeUntakenAsync()
    {
        while (_inbox.TryTake(out DriverInput input))
        {
            if (input.Channel is not null)
            {
                await input.Channel.Stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The run cannot go on. From any thread; the first failure is the one that is thrown.</summary>
    private void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _fault, failure, null);
        if (_completed.TrySetException(failure))
        {
            _ = _completed.Task.Exception; // nobody has to look at Completed: RunAsync throws it too
        }

        Stop();
    }

    private byte[] HandshakeBytes()
    {
        byte[] bytes = new byte[Handshake.Size];
        PeerMessageCodec.WriteHandshake(new Handshake(_infoHash, Self, SupportsFast: true, SupportsExtensions: true, SupportsV2: true), bytes);
        return bytes;
    }
}
