using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Makes of what hosts answered what a deploy would come to; touches nothing.</summary>
internal static class FleetPlanner
{
    public static FleetPlan Plan(DeploymentPlan plan, Release release, IReadOnlyList<SurveyedHost> hosts, IReadOnlyList<ReachAttempt> attempts)
    {
        Reachability reachability = new(hosts.Count, attempts);
        SurveyFinding[][] findings = [.. hosts.Select((host, index) => FindingsOf(plan, hosts, index, CutsOff(index)))];
        int[] sound = [.. Enumerable.Range(0, hosts.Count).Where(index => findings[index].Length == 0)];
        IReadOnlyList<IReadOnlyList<int>> waves = WavePlanner.Plan([.. sound.Select(index => (index, hosts[index].Target.Zone))], plan.Waves);
        Dictionary<int, int> waveOf = waves.SelectMany((wave, number) => wave.Select(index => (index, number))).ToDictionary(pair => pair.index, pair => pair.number + 1);
        (long? rate, RateBasis basis) = Rate(hosts, plan.RateLimit);
        return new FleetPlan
        {
            Release = release.Id.Value,
            FileCount = release.Metainfo.Files.Count,
            TotalBytes = release.Metainfo.Layout.TotalLength,
            PieceCount = release.Metainfo.Layout.PieceCount,
            Hosts = [.. hosts.Select((host, index) => RowOf(host, waveOf.TryGetValue(index, out int wave) ? wave : null, findings[index]))],
            Waves = [.. waves.Select(wave => wave.Count)],
            FailedHostsMax = plan.FailedHostsMax,
            LockedCount = findings.Count(own => own.Any(finding => finding.Failure == HostFailure.Locked)),
            Gaps = [.. reachability.Gaps(index => CutsOff(index).Count > 0).Select(gap => $"{hosts[gap.From].Target.Name} does not reach {Describe(gap, hosts)}")],
            BitsPerSecond = rate,
            RateBasis = basis,
            CopyCount = reachability.CopiesFor(Enumerable.Range(0, hosts.Count).Where(index => hosts[index].Answer is { FetchBytes: > 0 })),
        };

        // Over the connection by which a host is reached it can be brought everything, if it may be.
        IReadOnlyList<ReachAttempt> CutsOff(int index) => plan.Reach == SwarmReach.Direct || hosts[index].Target.IsLocal ? reachability.CutsOff(index) : [];
    }

    private static SurveyFinding[] FindingsOf(DeploymentPlan plan, IReadOnlyList<SurveyedHost> hosts, int index, IReadOnlyList<ReachAttempt> cutOff)
    {
        IEnumerable<SurveyFinding> own = hosts[index].Findings.Where(finding => finding.Failure != HostFailure.Locked || !plan.BreaksLock);
        string unreached = string.Join("; ", cutOff.Select(attempt => $"it cannot reach {Describe(attempt, hosts)}"));
        return cutOff.Count == 0 ? [.. own] : [.. own, new SurveyFinding(HostFailure.SwarmStalled, unreached)];
    }

    private static string Describe(ReachAttempt attempt, IReadOnlyList<SurveyedHost> hosts)
    {
        string target = attempt.Target switch
        {
            ReachTarget.Host => $"{hosts[attempt.To].Target.Name}'s swarm port",
            ReachTarget.Seeder => "this machine, where the seeder listens,",
            _ => "this machine, where the tracker listens,",
        };
        return $"{target} at {attempt.Endpoint} ({attempt.Failure})";
    }

    private static HostPlan RowOf(SurveyedHost host, int? wave, SurveyFinding[] findings)
    {
        AgentSurveyed? answer = host.Answer;
        Problem[] problems = [.. findings.Select(finding => HostProblems.From(host.Target, finding.Failure, finding.Detail))];
        return new HostPlan(
            host.Target.Name, answer is not null, host.Target.Zone, wave, answer?.Current, answer?.FetchBytes ?? 0, answer?.ReusedBytes ?? 0, answer?.NeededBytes ?? 0, answer?.FreeBytes ?? 0, host.LinkBitsPerSecond, problems);
    }

    private static (long? BitsPerSecond, RateBasis Basis) Rate(IReadOnlyList<SurveyedHost> hosts, RateLimit? limit)
    {
        long[] links = [.. hosts.Select(host => host.LinkBitsPerSecond).OfType<long>()];
        long? slowest = links.Length == 0 ? null : links.Min();
        long? allowed = limit is { } some ? some.BytesPerSecond * 8 : null;
        return (slowest, allowed) switch
        {
            (null, null) => (null, RateBasis.Unknown),
            (_, { } rate) when slowest is null || rate <= slowest => (rate, RateBasis.Limit),
            _ => (slowest, links.Length == hosts.Count ? RateBasis.Links : RateBasis.SomeLinks),
        };
    }
}
