namespace Murder.Deploy;

/// <summary>
/// Divides hosts into waves. Each wave takes from every zone in proportion, so that none is touched whole while another is not touched at all; within
/// a zone hosts keep their order.
/// </summary>
internal static class WavePlanner
{
    /// <param name="hosts">places in the plan's list, with the zone of each; what is to be activated</param>
    /// <param name="sizes">how many of them run the release after each wave; whoever is left then makes one more</param>
    /// <returns>waves of places, none of them empty; together all hosts, each once</returns>
    public static IReadOnlyList<IReadOnlyList<int>> Plan(IReadOnlyList<(int Host, string Zone)> hosts, IReadOnlyList<HostShare> sizes)
    {
        int[] order = Spread(hosts);
        List<IReadOnlyList<int>> waves = [];
        int done = 0;
        foreach (HostShare size in sizes.Append(HostShare.All))
        {
            int end = Math.Min(size.RoundedUp(order.Length), order.Length);
            if (end > done)
            {
                waves.Add(order[done..end]);
                done = end;
            }
        }

        return waves;
    }

    /// <summary>The k-th of a zone's n hosts stands at (k + ½) ÷ n of the way, so that any part of the order holds the same part of each zone.</summary>
    private static int[] Spread(IReadOnlyList<(int Host, string Zone)> hosts) =>
        [.. hosts
            .GroupBy(host => host.Zone)
            .SelectMany(zone => zone.Select((host, at) => (host.Host, Place: (at + 0.5) / zone.Count())))
            .OrderBy(host => host.Place)
            .ThenBy(host => host.Host)
            .Select(host => host.Host)];
}
