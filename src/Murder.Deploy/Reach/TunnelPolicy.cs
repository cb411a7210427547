using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>
/// Decides which hosts the seeder is connected to by a tunnel, of those that reach no port of this machine. A few are enough, for these hand on
/// what they get; a host that no other host can reach needs one for itself, and is known by having no peer. Time is an argument and never goes back.
/// </summary>
/// <param name="zones">of each host of the plan</param>
internal sealed class TunnelPolicy(IReadOnlyList<string> zones)
{
    /// <summary>Hosts by which the release comes into the swarm. Each costs a shell and a connection; one slow host is not to slow all.</summary>
    public const int EntrancesMin = 8;

    /// <summary>As many peers as the seeder takes.</summary>
    public const int TunnelsMax = 256;

    /// <summary>A host that has had no peer for so long reaches none. Connecting takes a round trip or three.</summary>
    public static readonly TimeSpan AloneAfter = TimeSpan.FromSeconds(1.5);

    /// <summary>A host that has peers, and got nothing for so long, is among others that get nothing.</summary>
    public static readonly TimeSpan StarvedAfter = TimeSpan.FromSeconds(6);

    /// <summary>One more tunnel may help many, so the next waits for what it does.</summary>
    private static readonly TimeSpan s_starvedStep = TimeSpan.FromSeconds(2);

    /// <summary>After a tunnel that could not be opened.</summary>
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(5);

    private readonly Host?[] _hosts = new Host?[zones.Count]; // null until it has joined
    private int _joined;
    private Instant _companyAt; // when the second host joined
    private Instant _starvedNext;

    /// <summary>The host has announced itself: it listens.</summary>
    public void Joined(int host, Instant now)
    {
        if (_hosts[host] is null)
        {
            _hosts[host] = new Host { JoinedAt = now, HadPeerAt = now, GrewAt = now };
            _companyAt = ++_joined == 2 ? now : _companyAt;
        }
    }

    /// <param name="bytes">received so far</param>
    /// <param name="peers">that it is connected to</param>
    public void Progressed(int host, long bytes, int peers, Instant now)
    {
        if (_hosts[host] is not { } known)
        {
            return;
        }

        known.OthersMax = Math.Max(known.OthersMax, peers - (known.HadTunnel ? 1 : 0)); // one of them is the seeder
        known.HadPeerAt = peers > 0 ? now : known.HadPeerAt;
        known.GrewAt = bytes > known.Bytes ? now : known.GrewAt;
        known.Bytes = bytes;
        known.HadTimeForOthers |= _joined > 1 && Later(known.JoinedAt, _companyAt) + AloneAfter <= now;
    }

    /// <summary>The host has everything, or is lost.</summary>
    public void Done(int host)
    {
        if (_hosts[host] is { } known)
        {
            known.IsDone = true;
            known.HasTunnel = false;
        }
    }

    /// <summary>The host's tunnel could not be opened.</summary>
    public void Failed(int host, Instant now)
    {
        if (_hosts[host] is { } known)
        {
            known.HasTunnel = false;
            known.RetryAt = now + s_retryAfter;
        }
    }

    /// <summary>Hosts to which a tunnel is to be opened now; they count as having one.</summary>
    public IReadOnlyList<int> Next(Instant now)
    {
        List<int> next = [];
        int[] waiting = [.. Enumerable.Range(0, _hosts.Length).Where(host => _hosts[host] is { IsDone: false, HasTunnel: false } known && known.RetryAt <= now)];
        if (waiting.Length == 0)
        {
            return next;
        }

        AddEntrances(waiting, next);
        next.AddRange(waiting.Where(host => _hosts[host]!.HadPeerAt + AloneAfter <= now).Except(next));
        if (_starvedNext <= now && waiting.Except(next).Where(host => _hosts[host]!.GrewAt + StarvedAfter <= now).OrderBy(host => _hosts[host]!.GrewAt.Ticks).ToArray() is [var starved, ..])
        {
            _starvedNext = now + s_starvedStep;
            next.Add(starved);
        }

        int room = Math.Max(0, TunnelsMax - Tunnels());
        next.RemoveRange(Math.Min(room, next.Count), Math.Max(0, next.Count - room));
        foreach (int host in next)
        {
            _hosts[host]!.HasTunnel = _hosts[host]!.HadTunnel = true;
        }

        return next;
    }

    /// <summary>Hosts that have never had a peer but the seeder, although there were others for long enough.</summary>
    public IReadOnlyList<int> CutOff() => [.. Enumerable.Range(0, _hosts.Length).Where(host => _hosts[host] is { HadTimeForOthers: true, OthersMax: <= 0 })];

    /// <summary>From each zone in turn: what comes into a zone by an entrance of its own need not cross its border.</summary>
    private void AddEntrances(int[] waiting, List<int> next)
    {
        Dictionary<string, int> tunnels = waiting.Select(host => zones[host]).Distinct()
            .ToDictionary(zone => zone, zone => Enumerable.Range(0, _hosts.Length).Count(host => zones[host] == zone && _hosts[host] is { HasTunnel: true }));
        for (int missing = EntrancesMin - Tunnels(); missing > 0 && next.Count < waiting.Length; missing--)
        {
            int entrance = waiting.Except(next).MinBy(host => tunnels[zones[host]]);
            tunnels[zones[entrance]]++;
            next.Add(entrance);
        }
    }

    private int Tunnels() => _hosts.Count(host => host is { HasTunnel: true });

    private static Instant Later(Instant one, Instant other) => one > other ? one : other;

    private sealed class Host
    {
        public Instant JoinedAt { get; init; }

        /// <summary>When it last had one; when it joined, if it has had none.</summary>
        public Instant HadPeerAt { get; set; }

        /// <summary>When it last had received more than before.</summary>
        public Instant GrewAt { get; set; }

        public long Bytes { get; set; }

        /// <summary>Most peers besides the seeder that it had at once.</summary>
        public int OthersMax { get; set; }

        /// <summary>It was there with others for long enough to have found one.</summary>
        public bool HadTimeForOthers { get; set; }

        public bool IsDone { get; set; }

        public bool HasTunnel { get; set; }

        public bool HadTunnel { get; set; }

        public Instant RetryAt { get; set; } = new(long.MinValue);
    }
}
