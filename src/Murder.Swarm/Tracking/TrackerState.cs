using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Murder.Swarm;

/// <summary>
/// Who is in the swarm of one torrent: membership, expiry, counts. Same calls, same order, same seed: same answers. Not thread-safe; time is
/// an argument and never goes back.
/// </summary>
public sealed class TrackerState(InfoHash infoHash, TrackerOptions options, ulong seed)
{
    private const string NotServed = "this tracker does not serve that torrent";

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly SwarmRandom _zoneRandom = new(seed + 1);
    private readonly PeerHandout _handout = new(options, ~seed);
    private readonly Dictionary<IPEndPoint, SwarmMember> _byEndpoint = [];
    private readonly List<SwarmMember> _local = [];
    private readonly MemberRing _ring = new(new SwarmRandom(seed), isOfZone: false);
    private readonly Dictionary<string, MemberRing> _zones = []; // for look-up only; a zone nobody is in has no ring
    private Instant _nextSweep;

    public int Complete { get; private set; }

    public int Incomplete => _ring.Count - Complete;

    /// <summary>How many leeches have become seeds (BEP 48, <c>downloaded</c>).</summary>
    public int Downloaded { get; private set; }

    /// <summary>Adds a seed of the tracker's own process; it never expires.</summary>
    public void AddLocalSeed(PeerId peer, int port)
    {
        var seeder = new SwarmMember(new IPEndPoint(IPAddress.Loopback, port), peer) { IsLocal = true };
        _local.Add(seeder);
        Join(seeder);
        SetSeed(seeder, isSeed: true);
    }

    /// <summary>Takes note of an announce and answers it; false, with the failure reason to answer, when it is refused.</summary>
    /// <param name="from">the peer's address, as its connection has it</param>
    /// <param name="reachedAt">the address at which it reached the tracker; null when it reaches no address of this machine, and so none of its seeds</param>
    public bool TryAnnounce(AnnounceRequest request, IPAddress from, IPAddress? reachedAt, Instant now, [NotNullWhen(true)] out AnnounceResponse? response, [NotNullWhen(false)] out string? failure)
    {
        response = null;
        failure = null;
        ExpireMembers(now);
        if (!infoHash.MatchesTruncated(request.InfoHash.Span))
        {
            failure = NotServed;
            return false;
        }

        var endpoint = new IPEndPoint(Unmapped(from), request.Port);
        SwarmMember? member = Find(endpoint, request.Peer);
        if (request.Event == AnnounceEvent.Stopped)
        {
            // A late goodbye of a process that was started anew on the same port must not remove its successor.
            if (member is { IsLocal: false } && member.Peer == request.Peer)
            {
                Leave(member);
            }

            response = Answer([]);
            return true;
        }

        if (reachedAt is null && member is not null && member.Peer != request.Peer)
        {
            failure = "another peer is at that address"; // it is only said to be this one's
            return false;
        }

        if (member is { IsLocal: false } && member.Zone != request.Zone)
        {
            Leave(member); // the host was moved to another zone: a deploy later, at the earliest
            member = null;
        }

        if (member is null)
        {
            if (_ring.Count >= options.MembersMax)
            {
                failure = "the swarm is full";
                return false;
            }

            Join(member = new SwarmMember(endpoint, request.Peer) { Zone = request.Zone });
        }

        Update(member, request, now);
        response = Answer(HandOut(member, request.PeersWanted, reachedAt is null ? null : Unmapped(reachedAt)));
        return true;
    }

    /// <summary>Answers a scrape; false, with the failure reason to answer, when it is refused.</summary>
    /// <param name="query">without '?'; may name one torrent, and means all when it names none (BEP 48)</param>
    public bool TryScrape(string query, Instant now, [NotNullWhen(true)] out ScrapeResponse? response, [NotNullWhen(false)] out string? failure)
    {
        ExpireMembers(now);
        bool? isAskedFor = ScrapeResponse.IsAskedFor(query, infoHash);
        response = isAskedFor == true ? new ScrapeResponse(infoHash.Truncated(), Complete, Incomplete, Downloaded) : null;
        failure = isAskedFor == true ? null : isAskedFor is null ? "the query is malformed" : NotServed;
        return response is not null;
    }

    private SwarmMember? Find(IPEndPoint endpoint, PeerId peer) =>
        _local.Find(member => member.Peer == peer) ?? _byEndpoint.GetValueOrDefault(endpoint);

    private void Update(SwarmMember member, AnnounceRequest request, Instant now)
    {
        if (member.IsLocal)
        {
            return;
        }

        bool isSeed = request.Left == 0;
        if (isSeed && !member.IsSeed && request.Event == AnnounceEvent.Completed)
        {
            Downloaded++;
        }

        SetSeed(member, isSeed);
        member.Peer = request.Peer;
        member.ExpiresAt = now + options.Lifetime(options.Interval(_ring.Count));
    }

    private List<IPEndPoint> HandOut(SwarmMember asker, int wanted, IPAddress? reachedAt) =>
        [.. _handout.Choose(_ring, _zones[asker.Zone], asker, wanted < 0 ? options.PeersDefault : wanted)
            .Select(member => EndpointFor(asker, member, reachedAt))
            .OfType<IPEndPoint>()];

    /// <summary>
    /// A member on the tracker's own machine may be known by a loopback address, which means another machine to anyone else; to them it is
    /// where they reached the tracker. Null when they reach this machine nowhere.
    /// </summary>
    private static IPEndPoint? EndpointFor(SwarmMember asker, SwarmMember member, IPAddress? reachedAt)
    {
        IPAddress address = member.Endpoint.Address;
        bool isNeighbour = IPAddress.IsLoopback(asker.Endpoint.Address) && asker.Endpoint.AddressFamily == address.AddressFamily;
        return !member.IsLocal && (!IPAddress.IsLoopback(address) || isNeighbour) ? member.Endpoint
            : reachedAt is null ? null
            : new IPEndPoint(reachedAt, member.Endpoint.Port);
    }

    private AnnounceResponse Answer(IReadOnlyList<IPEndPoint> peers)
    {
        TimeSpan interval = options.Interval(_ring.Count);
        return new AnnounceResponse(peers, interval) { MinInterval = interval, Complete = Complete, Incomplete = Incomplete };
    }

    private void Join(SwarmMember member)
    {
        _ring.Join(member);
        if (!_zones.TryGetValue(member.Zone, out MemberRing? zone))
        {
            _zones.Add(member.Zone, zone = new MemberRing(_zoneRandom, isOfZone: true));
        }

        zone.Join(member);
        if (!member.IsLocal)
        {
            _byEndpoint.Add(member.Endpoint, member);
        }
    }

    private void Leave(SwarmMember member)
    {
        SetSeed(member, isSeed: false);
        _ring.Leave(member);
        MemberRing zone = _zones[member.Zone];
        zone.Leave(member);
        if (zone.Count == 0)
        {
            _zones.Remove(member.Zone); // so that names made up by whoever announces are bounded by the members
        }

        _byEndpoint.Remove(member.Endpoint);
    }

    private void SetSeed(SwarmMember member, bool isSeed)
    {
        Complete += (isSeed ? 1 : 0) - (member.IsSeed ? 1 : 0);
        member.IsSeed = isSeed;
    }

    // One pass over all members at most once a second: 20,000 comparisons.
    private void ExpireMembers(Instant now)
    {
        if (now < _nextSweep)
        {
            return;
        }

        _nextSweep = now + SweepInterval;
        for (int index = _ring.Count - 1; index >= 0; index--)
        {
            SwarmMember member = _ring[index];
            if (!member.IsLocal && member.ExpiresAt < now)
            {
                Leave(member);
            }
        }
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
