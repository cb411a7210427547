namespace Murder.SwarmBench;

/// <summary>One place's traffic beside MurderRateLimit, all in bytes a second.</summary>
/// <param name="In">payload, from the seeder's first byte until this host was done; 0 for the deployer</param>
/// <param name="Out">payload, from the seeder's first byte until the last host was done</param>
/// <param name="LinkIn">most that passed the interface within any 5 s, headers and all</param>
internal sealed record HostRate(string Name, double In, double Out, double LinkIn, double LinkOut)
{
    public static IReadOnlyList<HostRate> Of(Outcome outcome, LinkMeter links)
    {
        DateTimeOffset end = outcome.LastDoneAt;
        double seconds = (end - outcome.StartedAt).TotalSeconds;
        return
        [
            Of(Lab.Deployer, 0, (outcome.SeederPayloadBytes ?? 0) / seconds),
            .. outcome.Hosts.Select(host => Of(host.Name, host.ReceivedBytes / (host.DoneAt - outcome.StartedAt).TotalSeconds, host.SentBytes / seconds)),
        ];

        HostRate Of(string name, double received, double sent)
        {
            (double linkIn, double linkOut) = links.PeakOf(name, outcome.StartedAt, end);
            return new HostRate(name, received, sent, linkIn, linkOut);
        }
    }

    public string Describe(double limit) =>
        $"  {Name,-9} payload in {In / 1e6,8:0.000} MB/s = {In / limit,6:0.0%}, out {Out / 1e6,8:0.000} MB/s = {Out / limit,6:0.0%}; " +
        $"on the link at most within 5 s in {LinkIn / limit,6:0.0%}, out {LinkOut / limit,6:0.0%}";
}
