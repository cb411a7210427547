using System.Net;

namespace Murder.Swarm;

/// <summary>
/// Endpoints where peers listen, as the tracker told them: which may be connected to, when, and which never again. Also who is banned.
/// Chosen by fewest failures, then by chance, so that members of a swarm do not all turn to the same few.
/// </summary>
internal sealed class PeerBook(SwarmOptions options, SwarmRandom random)
{
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromMinutes(1);

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<IPEndPoint, Entry> _byEndpoint = []; // for look-up only
    private readonly List<PeerIdentity> _banned = [];

    /// <summary>Connections that were ordered and are neither open nor failed.</summary>
    public int ConnectingCount { get; private set; }

    public void Add(IPEndPoint endpoint)
    {
        if (_byEndpoint.ContainsKey(endpoint) || endpoint.Port == 0)
        {
            return;
        }

        if (_entries.Count >= options.CandidatesMax && !TryForgetWorst())
        {
            return;
        }

        Entry entry = new(endpoint, random.Next());
        _entries.Add(entry);
        _byEndpoint.Add(endpoint, entry);
    }

    /// <summary>Somebody knows that a peer listens there now, whatever was found there before.</summary>
    public void Renew(IPEndPoint endpoint)
    {
        Add(endpoint);
        if (_byEndpoint.TryGetValue(endpoint, out Entry? entry) && entry.IsIdle)
        {
            entry.Failures = 0;
            entry.RetryAt = new Instant(long.MinValue);
            entry.IsSeed = false;
            entry.Peer = null;
        }
    }

    /// <summary>The next endpoint to connect to; it is then being connected to.</summary>
    /// <param name="isConnected">true for a peer that need not be connected to again</param>
    public bool TryNext(Instant now, bool weAreComplete, Predicate<PeerId> isConnected, out IPEndPoint? endpoint)
    {
        Entry? best = null;
        foreach (Entry entry in _entries)
        {
            if (entry.IsIdle && entry.RetryAt <= now && !(weAreComplete && entry.IsSeed)
                && !(entry.Peer is { } peer && isConnected(peer)) && (best is null || IsBefore(entry, best)))
            {
                best = entry;
            }
        }

        endpoint = best?.Endpoint;
        if (best is null)
        {
            return false;
        }

        best.Use = Use.Connecting;
        ConnectingCount++;
        return true;
    }

    /// <summary>When the next endpoint that failed may be tried again; null when none waits.</summary>
    public Instant? NextRetry(Instant now)
    {
        Instant? next = null;
        foreach (Entry entry in _entries)
        {
            if (entry.IsIdle && entry.RetryAt > now && (next is null || entry.RetryAt < next))
            {
                next = entry.RetryAt;
            }
        }

        return next;
    }

    public void Connected(IPEndPoint endpoint) => Leave(endpoint, Use.Connected);

    public void ConnectFailed(IPEndPoint endpoint, Instant now)
    {
        if (Leave(endpoint, Use.Idle) is { } entry)
        {
            Delay(entry, now);
        }
    }

    /// <summary>The connection to the endpoint is gone.</summary>
    /// <param name="wasOfUse">it came as far as a handshake</param>
    public void Disconnected(IPEndPoint endpoint, PeerId? peer, bool wasOfUse, bool wasSeed, Instant now)
    {
        if (!_byEndpoint.TryGetValue(endpoint, out Entry? entry) || entry.Use != Use.Connected)
        {
            return;
        }

        entry.Use = Use.Idle;
        entry.Peer = peer ?? entry.Peer;
        entry.IsSeed = wasSeed;
        entry.Failures = wasOfUse ? 0 : entry.Failures;
        Delay(entry, now);
    }

    /// <summary>A peer that connected to us says that it listens here: when the tracker tells of it later, it need not be connected to.</summary>
    public void FoundIncoming(IPEndPoint endpoint)
    {
        Add(endpoint);
        if (_byEndpoint.TryGetValue(endpoint, out Entry? entry) && entry.Use == Use.Idle)
        {
            entry.Use = Use.Connected;
        }
    }

    /// <summary>It is ourselves, or a liar.</summary>
    public void NeverAgain(IPEndPoint endpoint) => Leave(endpoint, Use.Never);

    public void Ban(PeerIdentity peer)
    {
        if (_banned.Count >= options.BannedPeersMax)
        {
            _banned.RemoveAt(0);
        }

        _banned.Add(peer);
        NeverAgain(peer.Endpoint);
    }

    public bool IsBanned(IPEndPoint endpoint) => _banned.Exists(peer => peer.Endpoint.Equals(endpoint));

    public bool IsBanned(PeerId id) => _banned.Exists(peer => peer.Id == id);

    private static bool IsBefore(Entry left, Entry right) =>
        left.Failures != right.Failures ? left.Failures < right.Failures : left.Order < right.Order;

    private Entry? Leave(IPEndPoint endpoint, Use use)
    {
        if (!_byEndpoint.TryGetValue(endpoint, out Entry? entry) || entry.Use == Use.Never)
        {
            return null;
        }

        ConnectingCount -= entry.Use == Use.Connecting ? 1 : 0;
        entry.Use = use;
        return entry;
    }

    private void Delay(Entry entry, Instant now)
    {
        TimeSpan delay = options.ReconnectDelay * Math.Pow(2, Math.Min(entry.Failures, 10));
        entry.RetryAt = now + (delay < RetryDelayMax ? delay : RetryDelayMax);
        entry.Failures++;
    }

    private bool TryForgetWorst()
    {
        Entry? worst = null;
        foreach (Entry entry in _entries)
        {
            if (entry.IsIdle && entry.Failures > 0 && (worst is null || IsBefore(worst, entry)))
            {
                worst = entry;
            }
        }

        if (worst is null)
        {
            return false;
        }

        _entries.Remove(worst);
        _byEndpoint.Remove(worst.Endpoint);
        return true;
    }

    private enum Use
    {
        Idle,
        Connecting,
        Connected,
        Never,
    }

    private sealed class Entry(IPEndPoint endpoint, ulong order)
    {
        public IPEndPoint Endpoint { get; } = endpoint;

        public ulong Order { get; } = order;

        public Use Use { get; set; }

        public bool IsIdle => Use == Use.Idle;

        public int Failures { get; set; }

        public Instant RetryAt { get; set; } = new(long.MinValue);

        /// <summary>Who was met there last.</summary>
        public PeerId? Peer { get; set; }

        /// <summary>It had everything when it was last met.</summary>
        public bool IsSeed { get; set; }
    }
}
