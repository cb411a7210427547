using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Makes of what hosts answered what a deploy would come to; touches nothing.</summary>
internal static class FleetPlanner
{
    public static FleetPlan Plan(DeploymentPlan plan, Release release, IReadOnlyList<SurveyedHost> hosts)
    {
        int[] sound = [.. Enumerable.Range(0, hosts.Count).Where(index => hosts[index].Problems.Count == 0)];
        IReadOnlyList<IReadOnlyList<int>> waves = WavePlanner.Plan([.. sound.Select(index => (index, hosts[index].Target.Zone))], plan.Waves);
        Dictionary<int, int> waveOf = waves.SelectMany((wave, number) => wave.Select(index => (index, number))).ToDictionary(pair => pair.index, pair => pair.number + 1);
        return new FleetPlan
        {
            Release = release.Id.Value,
            FileCount = release.Metainfo.Files.Count,
            TotalBytes = release.Metainfo.Layout.TotalLength,
            PieceCount = release.Metainfo.Layout.PieceCount,
            Hosts = [.. hosts.Select((host, index) => RowOf(host, waveOf.TryGetValue(index, out int wave) ? wave : null))],
            Waves = [.. waves.Select(wave => wave.Count)],
            FailedHostsMax = plan.FailedHostsMax,
            BitsPerSecond = SlowestBitsPerSecond(hosts, plan.RateLimit),
        };
    }

    private static HostPlan RowOf(SurveyedHost host, int? wave)
    {
        AgentSurveyed? answer = host.Answer;
        return new HostPlan(
            host.Target.Name, host.Target.Zone, wave, answer?.Current, answer?.FetchBytes ?? 0, answer?.ReusedBytes ?? 0, answer?.NeededBytes ?? 0, answer?.FreeBytes ?? 0, answer?.LinkBitsPerSecond, host.Problems);
    }

    private static long? SlowestBitsPerSecond(IReadOnlyList<SurveyedHost> hosts, RateLimit? limit)
    {
        IEnumerable<long> known = hosts.Select(host => host.Answer?.LinkBitsPerSecond).OfType<long>();
        long[] rates = [.. limit is { } some ? known.Append(some.BytesPerSecond * 8) : known];
        return rates.Length == 0 ? null : rates.Min();
    }
}
