using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>What an <see cref="AgentSpread"/> wants done.</summary>
/// <param name="Asker">the host that it is about</param>
internal abstract record SpreadOrder(int Asker)
{
    /// <summary>We send the agent to the host.</summary>
    internal sealed record Upload(int Asker) : SpreadOrder(Asker);

    /// <summary>The host gets it from another.</summary>
    internal sealed record Get(int Asker, string SourceUrl) : SpreadOrder(Asker);

    /// <summary>What the host gets comes too slowly: it is to be given up, and is gone from the spread.</summary>
    internal sealed record GiveUp(int Asker) : SpreadOrder(Asker);
}

/// <summary>
/// Decides where each host of a first deploy has the agent from: two from us, all others from hosts that have it or to which it is just
/// coming, in a tree. A host is where others get it from as soon as it has been told where to get it itself. Hosts that cannot reach each other get
/// it from us as if there was no tree.
/// Inputs with a time, orders out; <see cref="TryTake"/> is to be drained after every call. Not thread-safe.
/// </summary>
internal sealed class AgentSpread(AgentSpreadLimits limits)
{
    private readonly Dictionary<int, Host> _hosts = [];
    private readonly List<Host> _waiting = []; // who asked first stands first
    private readonly HashSet<int> _unreached = [];
    private readonly Queue<SpreadOrder> _orders = [];
    private TimeSpan? _shortest; // from an order to the arrival
    private Instant _lastArrivalAt;
    private bool _hasSpread;
    private bool _isOff;

    private enum State
    {
        /// <summary>For an order, or for the host to ask again.</summary>
        Waiting,

        Uploading,
        Getting,

        /// <summary>The agent has arrived, and its offer is awaited: nothing could be had from the host before.</summary>
        Starting,

        Done,
    }

    /// <summary>When a host has waited long enough, for its turn or for what comes from another.</summary>
    public Instant? NextTimeout => _waiting.Select(WaitsUntil).Concat(Getting.Select(LateAt)).Cast<Instant?>().Min();

    /// <summary>Hosts that got it from others.</summary>
    public int SpreadCount { get; private set; }

    private IEnumerable<Host> Getting => _hosts.Values.Where(host => host.State == State.Getting);

    private IEnumerable<Host> Uploading => _hosts.Values.Where(host => host.State == State.Uploading);

    /// <summary>A host has no agent: for the first time, or after it missed it.</summary>
    /// <param name="zone">of the host; empty when it has none</param>
    /// <param name="url">where others can get it from as it comes; null when they cannot</param>
    public void Ask(int asker, AgentNeed need, string zone, string? url, Instant now)
    {
        if (!_hosts.TryGetValue(asker, out Host? host))
        {
            _hosts.Add(asker, host = new Host(asker));
        }

        (host.State, host.Need, host.Zone, host.Url, host.AskedAt) = (State.Waiting, need, zone, url, now);
        host.MissesOfOthers = 0;
        _waiting.Add(host);
        Dispatch(now);
    }

    /// <summary>The agent came through; perhaps to a host that was just given up.</summary>
    public void Arrive(int asker, Instant now)
    {
        if (!_hosts.TryGetValue(asker, out Host? host))
        {
            return;
        }

        if (host.State == State.Getting)
        {
            SpreadCount++;
            _hasSpread = true;
        }

        TimeSpan took = now - host.OrderedAt;
        _shortest = took < _shortest ? took : _shortest ?? took;
        _lastArrivalAt = now;
        host.State = host.Url is null && host.Need.CanOffer ? State.Starting : State.Done;
        host.DoneAt = now;
        host.Source = null;
        Dispatch(now);
    }

    /// <summary>It comes to the host from another, and the host is not given up.</summary>
    public bool IsGetting(int asker) => _hosts.TryGetValue(asker, out Host? host) && host.State == State.Getting;

    /// <summary>Whether somebody waits for what the agent of a host could offer.</summary>
    public bool WantsOffer(string rid) => _waiting.Exists(host => host.Need.Rid == rid);

    /// <summary>A host has the agent, and others can get it there.</summary>
    public void Offer(int asker, AgentNeed need, string zone, string url, Instant now)
    {
        if (!_hosts.TryGetValue(asker, out Host? host))
        {
            _hosts.Add(asker, host = new Host(asker));
        }

        (host.State, host.Need, host.Zone, host.Url, host.DoneAt) = (State.Done, need, zone, url, now);
        Dispatch(now);
    }

    /// <summary>It did not come through from where the host was sent. The host will ask again.</summary>
    public void Miss(int asker, Instant now)
    {
        if (!_hosts.TryGetValue(asker, out Host? host))
        {
            return;
        }

        host.Misses++;
        if (host.Source is { } source)
        {
            source.MissesOfOthers++;
            // One that was itself waiting, for others or for our link, says nothing of who reaches whom when it was reached and had nothing more to give.
            if (source.State == State.Done || (source.State == State.Uploading && now - host.OrderedAt < limits.ConnectMax))
            {
                host.Misses = limits.MissesPerHostMax;
                _unreached.Add(source.Asker);
                _isOff |= !_hasSpread && _unreached.Count >= limits.UnreachedSourcesMax;
            }
        }

        Forget(host);
        Dispatch(now);
    }

    /// <summary>The host is lost, or given up. One that has the agent stays where others get it from.</summary>
    public void Leave(int asker, Instant now)
    {
        if (!_hosts.TryGetValue(asker, out Host? host) || host.State == State.Done)
        {
            return;
        }

        if (host.State == State.Starting)
        {
            host.State = State.Done;
        }
        else
        {
            Forget(host);
            _hosts.Remove(asker);
        }

        Dispatch(now);
    }

    public void HandleTimeout(Instant now)
    {
        foreach (Host late in Getting.Where(host => LateAt(host) <= now).ToArray())
        {
            // What comes to it goes on coming, and to others from there: these are judged by themselves.
            late.Source?.MissesOfOthers += 1;
            late.Source = null;
            _hosts.Remove(late.Asker);
            _orders.Enqueue(new SpreadOrder.GiveUp(late.Asker));
        }

        Dispatch(now);
    }

    public bool TryTake(out SpreadOrder? order) => _orders.TryDequeue(out order);

    /// <summary>What others were getting from there breaks off too, which says nothing of who reaches whom.</summary>
    private void Forget(Host host)
    {
        _waiting.Remove(host);
        foreach (Host other in _hosts.Values.Where(other => other.Source == host))
        {
            other.Source = null;
        }

        (host.State, host.Source, host.Url) = (State.Waiting, null, null);
    }

    private void Dispatch(Instant now)
    {
        foreach (Host host in _waiting.ToArray())
        {
            if (!TryDecide(host, now, out Host? source))
            {
                continue;
            }

            _waiting.Remove(host);
            (host.Source, host.OrderedAt) = (source, now);
            host.State = source is null ? State.Uploading : State.Getting;
            host.Depth = source is null ? 1 : DepthOf(source) + 1;
            _orders.Enqueue(source is null ? new SpreadOrder.Upload(host.Asker) : new SpreadOrder.Get(host.Asker, source.Url!));
        }
    }

    /// <summary>False when the host has to wait.</summary>
    /// <param name="source">null for us</param>
    private bool TryDecide(Host host, Instant now, out Host? source)
    {
        source = null;
        if (_isOff || !host.Need.CanGet || host.Misses >= limits.MissesPerHostMax || now >= WaitsUntil(host))
        {
            return true;
        }

        Host[] alike = [.. _hosts.Values.Where(other => other.Need.Rid == host.Need.Rid)];
        Host[] sources = [.. alike.Where(other => IsSource(other, now))];
        int coming = alike.Count(other => other.Url is null && other.Need.CanOffer && other.State is State.Uploading or State.Getting or State.Starting);
        bool mayUpload = Uploading.Count() < limits.UploadsMax;
        if (sources.Length + coming == 0 || (mayUpload && sources.Length + coming < limits.UploadsMax))
        {
            return true;
        }

        source = sources
            .Where(other => other.Downloads < limits.DownloadsPerSourceMax)
            .OrderBy(other => other.Zone == host.Zone ? 0 : 1)
            .ThenBy(DepthOf)
            .ThenBy(other => other.Downloads)
            .ThenBy(other => other.Asker)
            .FirstOrDefault();
        return source is not null || mayUpload;
    }

    private bool IsSource(Host host, Instant now) =>
        host.Url is not null
        && host.MissesOfOthers < limits.MissesPerSourceMax
        && (host.State is State.Uploading or State.Getting || (host.State == State.Done && now - host.DoneAt < limits.SourceLifeMax));

    /// <summary>While agents arrive as they can, there is a reason to wait; and there may be one until it is known how long that takes.</summary>
    private Instant WaitsUntil(Host host)
    {
        Instant from = _lastArrivalAt > host.AskedAt ? _lastArrivalAt : host.AskedAt;
        return from + (_shortest is { } shortest ? Patience(shortest) : limits.WaitMax);
    }

    private Instant LateAt(Host host) => host.OrderedAt + (_shortest is { } shortest ? Patience(shortest) : limits.DownloadMax);

    private TimeSpan Patience(TimeSpan shortest) => (limits.LateFactor * shortest) + limits.LateMin;

    /// <summary>How often what comes from there has been passed on while it comes.</summary>
    private static int DepthOf(Host host) => host.State == State.Done ? 0 : host.Depth;

    private sealed class Host(int asker)
    {
        public int Asker { get; } = asker;

        public State State { get; set; }

        public AgentNeed Need { get; set; } = null!; // set as soon as it is made

        public string Zone { get; set; } = "";

        public string? Url { get; set; }

        /// <summary>Where it is getting it from.</summary>
        public Host? Source
        {
            get;
            set
            {
                field?.Downloads -= 1;
                field = value;
                field?.Downloads += 1;
            }
        }

        /// <summary>Hosts that are getting it here.</summary>
        public int Downloads { get; private set; }

        public int Depth { get; set; }

        public int Misses { get; set; }

        /// <summary>Of those that were sent here.</summary>
        public int MissesOfOthers { get; set; }

        public Instant AskedAt { get; set; }

        public Instant OrderedAt { get; set; }

        public Instant DoneAt { get; set; }
    }
}
