namespace Murder.Swarm;

/// <summary>
/// Who is unchoked. No tit-for-tat: members of a deploy want the same thing. Everybody is while there is room, interested or not, because
/// a choke costs a round trip when interest comes; beyond, the interested come first, and whoever was served longest makes room in turn.
/// </summary>
internal static class Choker
{
    /// <summary>Marks in <paramref name="unchoked"/>, by place in <paramref name="peers"/>, who shall be unchoked. Ties go to the lower peer.</summary>
    /// <param name="rotate">one of those served makes room when somebody waits</param>
    public static void Decide(ReadOnlySpan<PeerFacts> peers, int unchokedMax, bool rotate, Span<bool> unchoked)
    {
        if (peers.Length <= unchokedMax)
        {
            unchoked.Fill(true);
            return;
        }

        unchoked.Clear();
        int waiting = First(peers, unchoked, peer => peer.IsInterested && !peer.IsUnchoked);
        int served = First(peers, unchoked, peer => peer.IsInterested && peer.IsUnchoked);
        int resting = rotate && waiting >= 0 && Count(peers) >= unchokedMax ? served : -1;
        int left = unchokedMax;
        Admit(peers, unchoked, ref left, (peer, at) => peer.IsInterested && peer.IsUnchoked && at != resting);
        Admit(peers, unchoked, ref left, (peer, _) => peer.IsInterested && !peer.IsUnchoked);
        Admit(peers, unchoked, ref left, (peer, at) => peer.IsUnchoked);
    }

    private static int Count(ReadOnlySpan<PeerFacts> peers)
    {
        int count = 0;
        foreach (PeerFacts peer in peers)
        {
            count += peer.IsInterested && peer.IsUnchoked ? 1 : 0;
        }

        return count;
    }

    private static void Admit(ReadOnlySpan<PeerFacts> peers, Span<bool> unchoked, ref int left, Func<PeerFacts, int, bool> belongs)
    {
        for (; left > 0; left--)
        {
            int next = -1;
            for (int at = 0; at < peers.Length; at++)
            {
                if (!unchoked[at] && belongs(peers[at], at) && (next < 0 || IsBefore(peers[at], peers[next])))
                {
                    next = at;
                }
            }

            if (next < 0)
            {
                return;
            }

            unchoked[next] = true;
        }
    }

    private static int First(ReadOnlySpan<PeerFacts> peers, ReadOnlySpan<bool> taken, Predicate<PeerFacts> belongs)
    {
        int first = -1;
        for (int at = 0; at < peers.Length; at++)
        {
            if (!taken[at] && belongs(peers[at]) && (first < 0 || IsBefore(peers[at], peers[first])))
            {
                first = at;
            }
        }

        return first;
    }

    private static bool IsBefore(PeerFacts left, PeerFacts right) =>
        left.Since != right.Since ? left.Since < right.Since : left.Peer < right.Peer;
}
