namespace Murder.Deploy;

/// <summary>What a host tried to connect to.</summary>
internal enum ReachTarget
{
    /// <summary>The swarm port of another host.</summary>
    Host,

    /// <summary>The port on this machine where the seeder would listen.</summary>
    Seeder,

    /// <summary>A port on this machine that the system chose, as it does for the tracker.</summary>
    Tracker,
}

/// <param name="From">which host tried</param>
/// <param name="To">which host was tried; -1 for this machine</param>
/// <param name="Failure">null when it was reached</param>
internal sealed record ReachAttempt(int From, ReachTarget Target, int To, string Endpoint, string? Failure);

/// <summary>
/// What the connections that hosts tried mean for a deploy. A connection serves both its ends, so a host needs only some way to the seeder, by
/// whomever it was opened; and the tracker, which it alone can open. Ways that were not tried count for nothing.
/// </summary>
internal sealed class Reachability
{
    private readonly IReadOnlyList<ReachAttempt> _attempts;
    private readonly Groups _linked; // with the seeder, which is the last one
    private readonly Groups _helping; // hosts only
    private readonly int _seeder;

    public Reachability(int hosts, IReadOnlyList<ReachAttempt> attempts)
    {
        _attempts = attempts;
        _seeder = hosts;
        _linked = new Groups(hosts + 1);
        _helping = new Groups(hosts);
        foreach (ReachAttempt attempt in attempts.Where(attempt => attempt.Failure is null && attempt.Target != ReachTarget.Tracker))
        {
            _linked.Join(attempt.From, attempt.Target == ReachTarget.Seeder ? _seeder : attempt.To);
            if (attempt.Target == ReachTarget.Host)
            {
                _helping.Join(attempt.From, attempt.To);
            }
        }
    }

    /// <summary>How many copies have to leave this machine so that each of the hosts gets one, from here or from another: one at least.</summary>
    public int CopiesFor(IEnumerable<int> hosts)
    {
        HashSet<int> tried = [.. _attempts.Where(attempt => attempt.Target == ReachTarget.Host).SelectMany(attempt => new[] { attempt.From, attempt.To })];
        return Math.Max(1, hosts.Where(tried.Contains).Select(_helping.Of).Distinct().Count());
    }

    /// <summary>Why a deploy could bring nothing to the host: what it did not reach; empty when it could.</summary>
    public IReadOnlyList<ReachAttempt> CutsOff(int host)
    {
        ReachAttempt[] missed = [.. _attempts.Where(attempt => attempt.From == host && attempt.Failure is not null)];
        bool lacksSeeder = _attempts.Any(attempt => attempt.From == host && attempt.Target == ReachTarget.Seeder) && _linked.Of(host) != _linked.Of(_seeder);
        return lacksSeeder ? missed : [.. missed.Where(attempt => attempt.Target == ReachTarget.Tracker)];
    }

    /// <summary>Pairs that do not reach each other, of hosts that are not cut off: a deploy succeeds all the same, but they cannot help each other.</summary>
    public IEnumerable<ReachAttempt> Gaps(Func<int, bool> isCutOff) =>
        _attempts.Where(attempt => attempt.Failure is not null && !isCutOff(attempt.From) && (attempt.To < 0 || !isCutOff(attempt.To)));

    /// <summary>Who is joined with whom, also by way of others (union-find).</summary>
    private sealed class Groups(int count)
    {
        private readonly int[] _leads = [.. Enumerable.Range(0, count)];

        public void Join(int one, int other) => _leads[Of(one)] = Of(other);

        /// <summary>The same number for all of a group.</summary>
        public int Of(int at)
        {
            while (_leads[at] != at)
            {
                at = _leads[at] = _leads[_leads[at]];
            }

            return at;
        }
    }
}
