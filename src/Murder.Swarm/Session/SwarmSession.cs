namespace Murder.Swarm;

/// <summary>
/// One peer's view of one torrent. Same inputs, same instants, same seed: same outputs.
/// <para>
/// Call <see cref="HandleTimeout"/> once after construction (which makes the first announce), then <see cref="Handle"/> for everything
/// that happens and <see cref="HandleTimeout"/> whenever <see cref="NextTimeout"/> has come; after each call take outputs until there
/// are none. Time never goes back. Not thread-safe: one loop owns a session. Nothing that a remote peer does makes it throw: the worst
/// is an order to close that peer's connection. Each block handle is given back exactly once.
/// </para>
/// </summary>
public sealed partial class SwarmSession
{
    private readonly Metainfo _metainfo;
    private readonly PieceLayout _layout;
    private readonly SwarmOptions _options;
    private readonly PeerId _self;
    private readonly Bitfield _stored;
    private readonly PiecePicker _picker;
    private readonly PeerBook _book;
    private readonly AnnounceSchedule _announces;
    private readonly HashAnswer _hashes;
    private readonly TokenBucket? _mayUpload; // null: without limit
    private readonly TokenBucket? _mayDownload;
    private readonly SendRate _sendRate;
    private readonly TimerTable _timers = new();
    private readonly List<PeerState?> _peers = []; // by slot index
    private readonly Queue<SwarmOutput> _outputs = new();
    private readonly bool _beganComplete;
    private bool _hasBegun;
    private bool _isFetching;
    private bool _isStopping;
    private bool _isStopped;
    private long _verifiedBytes;
    private long _downloadedBytes;
    private long _downloadedBytesAcrossZones;
    private long _uploadedBytes;
    private Instant? _firstUploadAt;
    private long _wastedBytes;
    private int _peersBanned;

    /// <param name="verified">pieces that the store holds and whose hash was checked; copied</param>
    /// <param name="seed">of everything that is left to chance</param>
    public SwarmSession(Metainfo metainfo, Bitfield verified, SwarmOptions options, PeerId self, ulong seed)
    {
        SwarmRandom random = new(seed);
        _metainfo = metainfo;
        _layout = metainfo.Layout;
        _options = options = RatePace.Follow(options);
        _mayUpload = RatePace.Bucket(options);
        _mayDownload = RatePace.Bucket(options);
        _self = self;
        _stored = verified.Copy();
        _picker = new PiecePicker(_layout, _stored, options, random);
        _book = new PeerBook(options, random);
        _announces = new AnnounceSchedule(options);
        _hashes = new HashAnswer(metainfo);
        _sendRate = new SendRate(options);
        _news = new PieceNews(_layout, options, _sendRate);
        _uploads = new UploadLine(_layout, options, _sendRate);
        _assemblies = new PieceAssembly?[_layout.PieceCount];
        _beganComplete = _stored.IsFull;
        _isFetching = !_beganComplete;
        if (_beganComplete && options.IsOrigin)
        {
            _spread = new PieceSpread(_layout, options, _sendRate);
            _isHiding = true;
        }

        for (int piece = _stored.NextCommon(_stored, 0); piece >= 0; piece = _stored.NextCommon(_stored, piece + 1))
        {
            _verifiedBytes += _layout.SizeOf(piece);
            _news.Add(piece);
        }

        _timers.Set(SessionTimer.Announce, default(Instant)); // due at the clock's origin: at once
    }

    /// <summary>When to call <see cref="HandleTimeout"/>; null when nothing is to be waited for.</summary>
    public Instant? NextTimeout => _timers.Next;

    public SwarmStats Stats => new()
    {
        VerifiedBytes = _verifiedBytes,
        DownloadedBytes = _downloadedBytes,
        DownloadedBytesAcrossZones = _downloadedBytesAcrossZones,
        UploadedBytes = _uploadedBytes,
        FirstUploadAt = _firstUploadAt,
        WastedBytes = _wastedBytes,
        PeersConnected = _peers.Count(peer => peer is { IsReady: true }),
        PeersBanned = _peersBanned,
    };

    /// <summary>Tells what happened.</summary>
    public void Handle(in SwarmInput input, Instant now)
    {
        switch (input.Kind)
        {
            case SwarmInputKind.PeerConnected:
                OnPeerConnected(input, now);
                break;
            case SwarmInputKind.ConnectFailed:
                _book.ConnectFailed(input.Endpoint!, now);
                _mayConnect = true;
                break;
            case SwarmInputKind.HandshakeReceived:
                OnHandshake(input, now);
                break;
            case SwarmInputKind.MessageReceived:
                OnMessage(input, now);
                break;
            case SwarmInputKind.BlockReceived:
                OnBlockReceived(input, now);
                break;
            case SwarmInputKind.BlockSent:
                OnBlockSent(input, now);
                break;
            case SwarmInputKind.PeerLost:
                OnPeerLost(input, now);
                break;
            case SwarmInputKind.PieceStored:
                OnPieceStored(input.Piece, now);
                break;
            case SwarmInputKind.StorageFailed:
                StopFetching();
                break;
            case SwarmInputKind.LeavesLoaded:
                OnLeavesLoaded(input, now);
                break;
            case SwarmInputKind.TrackerAnswered:
                OnTrackerAnswered(input, now);
                break;
            case SwarmInputKind.PeersFound:
                OnPeersFound(input);
                break;
            case SwarmInputKind.TrackerFailed:
                SetAnnounceTimer(_announces.Failed(now));
                break;
            case SwarmInputKind.StopRequested:
                OnStopRequested(now);
                break;
        }

        Settle(now);
    }

    /// <summary>Takes the next order to the driver; false when there is none.</summary>
    public bool TryTake(out SwarmOutput output) => _outputs.TryDequeue(out output);

    private void Put(in SwarmOutput output) => _outputs.Enqueue(output);

    private void Send(PeerState peer, in PeerMessage message, Instant now)
    {
        peer.LastSent = now;
        Put(SwarmOutput.SendMessage(peer.Slot, message));
    }

    private PeerState? Find(PeerSlot slot) =>
        (uint)slot.Index < (uint)_peers.Count && _peers[slot.Index] is { } peer && peer.Slot == slot ? peer : null;

    /// <summary>The peer, when it is one to be spoken to.</summary>
    private PeerState? FindReady(PeerSlot slot) => Find(slot) is { IsReady: true } peer ? peer : null;
}
