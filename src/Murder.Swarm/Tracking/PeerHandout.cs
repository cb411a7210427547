namespace Murder.Swarm;

/// <summary>
/// Who should meet whom. Members stand on a ring in random order; the one at place i meets those at i + o(1), i + o(2), … i + o(k), with one
/// random offset o(j) drawn from each of k equal arcs of the ring. So everybody is handed out exactly as often as it is handed to: a random
/// regular graph of out-degree k, in-degree k, and logarithmic diameter, where sampling afresh for everyone gives in-degrees from k/2 to 2k
/// and neighbours that change with each announce. It costs O(k), and the same ring and seed give the same answer.
/// </summary>
internal sealed class PeerHandout
{
    /// <summary>Who is nearly alone in its zone is handed so many peers nevertheless.</summary>
    private const int PeersMin = 6;

    private readonly TrackerOptions _options;
    private readonly double[] _placeInArc;

    public PeerHandout(TrackerOptions options, ulong seed)
    {
        _options = options;
        var random = new SwarmRandom(seed);
        _placeInArc = new double[options.PeersMax];
        for (int arc = 0; arc < _placeInArc.Length; arc++)
        {
            _placeInArc[arc] = random.Next(1 << 30) / (double)(1 << 30);
        }
    }

    /// <summary>
    /// At most <paramref name="wanted"/> others for <paramref name="asker"/>, which stands on the ring. A seed is given leeches only: two
    /// seeds have nothing to say to each other. In a small swarm the seeder of this process comes first.
    /// </summary>
    public List<SwarmMember> Choose(IReadOnlyList<SwarmMember> ring, SwarmMember asker, int wanted)
    {
        List<SwarmMember> chosen = Begin(ring, asker, wanted, out int count);
        Walk walk = new(ring, asker.RingIndex, asker) { WithoutLocal = IsSeederFirst(ring) };
        AddFromArcs(chosen, walk, count, count);
        return chosen;
    }

    /// <summary>
    /// As above, and mostly from the asker's zone: its members stand on a ring of their own, on which the zone is such a graph by itself. The
    /// rest are bridges, from the ring of all: the zones hang together by them. Where everybody is in one zone, zones change nothing.
    /// </summary>
    public List<SwarmMember> Choose(IReadOnlyList<SwarmMember> ring, IReadOnlyList<SwarmMember> zone, SwarmMember asker, int wanted)
    {
        if (zone.Count == ring.Count)
        {
            return Choose(ring, asker, wanted);
        }

        List<SwarmMember> chosen = Begin(ring, asker, wanted, out int count);
        bool withoutLocal = IsSeederFirst(ring);
        int bridges = ((count * (100 - _options.PeersInZonePercent)) + 99) / 100;
        int inZone = Math.Min(count - bridges, zone.Count - 1);

        // Not filled up with bridges: who comes first finds its zone empty, and would be tied to other zones for good.
        bridges = Math.Min(Math.Max(bridges, PeersMin - inZone), count - inZone);
        AddFromArcs(chosen, new Walk(zone, asker.ZoneRingIndex, asker) { WithoutLocal = withoutLocal }, inZone, count);
        AddFromArcs(chosen, new Walk(ring, asker.RingIndex, asker) { WithoutLocal = withoutLocal, WithoutZone = true }, Math.Min(bridges, ring.Count - zone.Count), count);
        return chosen;
    }

    private bool IsSeederFirst(IReadOnlyList<SwarmMember> ring) => ring.Count <= _options.EverybodyMeetsSeederMembersMax;

    private List<SwarmMember> Begin(IReadOnlyList<SwarmMember> ring, SwarmMember asker, int wanted, out int count)
    {
        count = Math.Max(0, Math.Min(Math.Min(wanted, _options.PeersMax), ring.Count - 1));
        var chosen = new List<SwarmMember>(count);
        if (count > 0 && IsSeederFirst(ring))
        {
            chosen.AddRange(ring.Where(member => member.IsLocal && IsUseful(member, asker)).Take(count));
        }

        return chosen;
    }

    /// <summary>One from each of so many equal arcs of the walk's ring, while fewer than <paramref name="chosenMax"/> are chosen.</summary>
    private void AddFromArcs(List<SwarmMember> chosen, in Walk walk, int arcs, int chosenMax)
    {
        int others = walk.Ring.Count - 1;
        for (int arc = 0; arc < arcs && chosen.Count < chosenMax; arc++)
        {
            int start = (int)((long)arc * others / arcs);
            int length = (int)((long)(arc + 1) * others / arcs) - start;
            if (walk.FirstUseful(start, length, (int)(_placeInArc[arc] * length)) is { } member)
            {
                chosen.Add(member);
            }
        }
    }

    private static bool IsUseful(SwarmMember member, SwarmMember asker) =>
        member != asker && member.Peer != asker.Peer && !(asker.IsSeed && member.IsSeed);

    /// <summary>The way around a ring from the asker's place, past those who are of no use to it.</summary>
    private readonly record struct Walk(IReadOnlyList<SwarmMember> Ring, int From, SwarmMember Asker)
    {
        /// <summary>The seeders of this process are handed out already.</summary>
        public bool WithoutLocal { get; init; }

        /// <summary>Only who is in another zone.</summary>
        public bool WithoutZone { get; init; }

        // From its random place, once round its arc: arcs do not overlap, so nobody is chosen twice.
        public SwarmMember? FirstUseful(int start, int length, int place)
        {
            for (int step = 0; step < length; step++)
            {
                int offset = 1 + start + ((place + step) % length);
                SwarmMember member = Ring[(From + offset) % Ring.Count];
                if (IsUseful(member, Asker) && !(WithoutLocal && member.IsLocal) && !(WithoutZone && member.Zone == Asker.Zone))
                {
                    return member;
                }
            }

            return null;
        }
    }
}
