namespace Murder.Swarm;

/// <summary>
/// Who should meet whom. Members stand on a ring in random order; the one at place i meets those at i + o(1), i + o(2), … i + o(k), with one
/// random offset o(j) drawn from each of k equal arcs of the ring. So everybody is handed out exactly as often as it is handed to: a random
/// regular graph of out-degree k, in-degree k, and logarithmic diameter, where sampling afresh for everyone gives in-degrees from k/2 to 2k
/// and neighbours that change with each announce. It costs O(k), and the same ring and seed give the same answer.
/// </summary>
internal sealed class PeerHandout
{
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
        int others = ring.Count - 1;
        int count = Math.Min(Math.Min(wanted, _options.PeersMax), others);
        var chosen = new List<SwarmMember>(Math.Max(count, 0));
        if (count <= 0)
        {
            return chosen;
        }

        bool seederFirst = ring.Count <= _options.EverybodyMeetsSeederMembersMax;
        if (seederFirst)
        {
            chosen.AddRange(ring.Where(member => member.IsLocal && IsUseful(member, asker)).Take(count));
        }

        for (int arc = 0; arc < count && chosen.Count < count; arc++)
        {
            int start = (int)((long)arc * others / count);
            int length = (int)((long)(arc + 1) * others / count) - start;
            SwarmMember? member = FirstUseful(ring, asker, start, length, (int)(_placeInArc[arc] * length), withoutLocal: seederFirst);
            if (member is not null)
            {
                chosen.Add(member);
            }
        }

        return chosen;
    }

    // From its random place, once round its arc: arcs do not overlap, so nobody is chosen twice.
    private static SwarmMember? FirstUseful(IReadOnlyList<SwarmMember> ring, SwarmMember asker, int start, int length, int place, bool withoutLocal)
    {
        for (int step = 0; step < length; step++)
        {
            int offset = 1 + start + ((place + step) % length);
            SwarmMember member = ring[(asker.RingIndex + offset) % ring.Count];
            if (IsUseful(member, asker) && !(withoutLocal && member.IsLocal))
            {
                return member;
            }
        }

        return null;
    }

    private static bool IsUseful(SwarmMember member, SwarmMember asker) =>
        member != asker && member.Peer != asker.Peer && !(asker.IsSeed && member.IsSeed);
}
