using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>
/// Decides which hosts the seeder is connected to by a tunnel. Of those that reach no port of this machine a few are enough, for they hand on
/// what they get; a host that no other host can reach needs one for itself, and is known by having no peer. Time is an argument and never goes back.
/// </summary>
/// <param name="zones">of each host of the plan</param>
/// <param name="starvedAfter">how long a host may wait for bytes that its peers may yet get</param>
internal sealed class TunnelPolicy(IReadOnlyList<string> zones, TimeSpan starvedAfter)
{
    /// <summary>Hosts by which the release comes into the swarm, or that have it. Each costs a shell and a connection; one slow host is not to slow all.</summary>
    public const int EntrancesWanted = 8;

    /// <summary>As many peers as the seeder takes.</summary>
    public const int TunnelsMax = 256;

    /// <summary>A host that has had no peer for so long reaches none. Connecting takes a round trip or three.</summary>
    public static readonly TimeSpan AloneAfter = TimeSpan.FromSeconds(1.5);

    /// <summary>One more tunnel may help many, so the next waits for what it does.</summary>
    private static readonly TimeSpan s_starvedStep = TimeSpan.FromSeconds(2);

    /// <summary>After a tunnel that could not be opened.</summary>
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(5);

    private readonly Host?[] _hosts = new Host?[zones.Count]; // null until it has joined
    private readonly Dictionary<string, int> _sources = []; // of each zone: hosts that have a tunnel, or everything
    private int _sourceCount;
    private int _tunnelCount;
    private int _present;
    private Instant _companyAt; // when there were two hosts
    private Instant _starvedNext;

    /// <summary>The host is to fetch, whichever way it comes.</summary>
    public void Present(Instant now) => _companyAt = ++_present == 2 ? now : _companyAt;

    /// <summary>The host has announced itself over its channel: it listens.</summary>
    /// <param name="isEntrance">false for a host that has another way too, and gets a tunnel only when that comes to nothing</param>
    /// <returns>whether <see cref="Next"/> should be asked at once</returns>
    public bool Joined(int host, bool isEntrance, Instant now)
    {
        _hosts[host] ??= new Host { JoinedAt = now, AloneSince = now, GrewAt = now, IsEntrance = isEntrance };
        return IsEntranceWanted(host);
    }

    /// <param name="bytes">received so far</param>
    /// <param name="peers">that it is connected to</param>
    /// <param name="isComplete">it has everything, and only waits for its disk</param>
    public void Progressed(int host, long bytes, int peers, bool isComplete, Instant now)
    {
        if (_hosts[host] is not { } known)
        {
            return;
        }

        known.OthersMax = Math.Max(known.OthersMax, peers - (known.HadTunnel ? 1 : 0)); // one of them is the seeder
        known.AloneSince = peers > 0 ? null : known.AloneSince ?? now;
        known.GrewAt = bytes > known.Bytes ? now : known.GrewAt;
        known.Bytes = bytes;
        known.HadTimeForOthers |= _present > 1 && (known.JoinedAt > _companyAt ? known.JoinedAt : _companyAt) + AloneAfter <= now;
        if (isComplete)
        {
            Done(host, hasEverything: true);
        }
    }

    /// <summary>The seeder is connected to the host by its tunnel.</summary>
    public void Opened(int host) => _hosts[host]!.HadTunnel = true;

    /// <summary>The host needs nothing more.</summary>
    /// <param name="hasEverything">and can hand it on; else it is lost</param>
    public void Done(int host, bool hasEverything)
    {
        if (_hosts[host] is { IsDone: false } known)
        {
            SetTunnel(host, false);
            known.IsDone = true;
            AddSources(host, hasEverything ? 1 : 0);
        }
    }

    /// <summary>The host's tunnel could not be opened, or is of no use.</summary>
    public void Failed(int host, Instant now)
    {
        SetTunnel(host, false);
        _hosts[host]!.RetryAt = now + s_retryAfter;
    }

    /// <summary>Hosts to which a tunnel is to be opened now; they count as having one.</summary>
    public IReadOnlyList<int> Next(Instant now)
    {
        List<int> next = [];
        int? starved = null;
        for (int host = 0; host < _hosts.Length && _tunnelCount < TunnelsMax; host++)
        {
            if (_hosts[host] is not { IsDone: false, HasTunnel: false } known || known.RetryAt > now)
            {
                continue;
            }

            if (IsEntranceWanted(host) || known.AloneSince + AloneAfter <= now)
            {
                SetTunnel(host, true);
                next.Add(host);
            }
            else if (known.GrewAt + starvedAfter <= now && (starved is null || known.GrewAt < _hosts[starved.Value]!.GrewAt))
            {
                starved = host;
            }
        }

        if (starved is { } longest && _starvedNext <= now && _tunnelCount < TunnelsMax)
        {
            _starvedNext = now + s_starvedStep;
            SetTunnel(longest, true);
            next.Add(longest);
        }

        return next;
    }

    /// <summary>Hosts that have never had a peer but the seeder, although there were others for long enough.</summary>
    public IReadOnlyList<int> CutOff() => [.. Enumerable.Range(0, _hosts.Length).Where(host => _hosts[host] is { HadTimeForOthers: true, OthersMax: <= 0 })];

    /// <summary>Hosts of which that cannot be told: they had no peer but the seeder, and everything too soon to find one.</summary>
    public int PerhapsCutOffCount => _hosts.Count(host => host is { HadTimeForOthers: false, OthersMax: <= 0 });

    /// <summary>Every zone wants one: what comes into a zone by an entrance of its own need not cross its border, and there may be no way across.</summary>
    private bool IsEntranceWanted(int host) =>
        _hosts[host] is { IsEntrance: true, IsDone: false, HasTunnel: false } && (_sourceCount < EntrancesWanted || _sources.GetValueOrDefault(zones[host]) == 0);

    private void SetTunnel(int host, bool hasTunnel)
    {
        Host known = _hosts[host]!;
        if (known.HasTunnel != hasTunnel)
        {
            known.HasTunnel = hasTunnel;
            _tunnelCount += hasTunnel ? 1 : -1;
            AddSources(host, hasTunnel ? 1 : -1);
        }
    }

    private void AddSources(int host, int count)
    {
        _sourceCount += count;
        _sources[zones[host]] = _sources.GetValueOrDefault(zones[host]) + count;
    }

    private sealed class Host
    {
        public required Instant JoinedAt { get; init; }

        public required bool IsEntrance { get; init; }

        /// <summary>Null while it has a peer, as far as it said last: it says so when that changes.</summary>
        public required Instant? AloneSince { get; set; }

        /// <summary>When it last had received more than before.</summary>
        public required Instant GrewAt { get; set; }

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
