using System.Text;
using System.Text.Json;

namespace Murder.Simulation;

/// <summary>A report as people read it, and as programs do.</summary>
internal static class ReportText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string ToText(SimulationReport report)
    {
        Scenario scenario = report.Scenario;
        StringBuilder text = new();
        text.AppendLine($"{scenario.Hosts} hosts, {scenario.SizeBytes / 1e6:0.#} MB in {scenario.PieceCount} pieces of {scenario.PieceLength / 1024} KiB, {scenario.RateBytesPerSecond * 8 / 1e9:0.###} Gbit/s, seed {scenario.Seed}");
        text.AppendLine($"healthy hosts     {report.HealthyCompleted} of {report.HealthyHosts} complete; of slow or refusing ones {report.ImpairedCompleted} of {report.ImpairedHosts}, the last at {report.ImpairedLastSeconds:0.000} s");
        text.AppendLine($"completion        first {report.Percentile(0):0.000} s, 50 % {report.Percentile(0.5):0.000}, 90 % {report.Percentile(0.9):0.000}, 99 % {report.Percentile(0.99):0.000}, last {report.LastSeconds:0.000} s");
        text.AppendLine($"last / bound      {report.LastToBound:0.000} (bound {report.BoundSeconds:0.000} s)");
        text.AppendLine($"central / swarm   {report.CentralPushToLast:0.0} (central push {report.CentralPushSeconds:0.0} s)");
        text.AppendLine($"seeder sent       {report.SeederCopies:0.00} copies");
        if (scenario.Limit is { } limit)
        {
            text.AppendLine($"limit             {limit} B/s; most within 5 s: a host sent {100 * report.SentToLimit:0.0} % of it, a host received {100 * report.ReceivedToLimit:0.0} %");
        }

        text.AppendLine($"wasted            {100 * report.WastedShare:0.00} %");
        text.AppendLine($"across zones      {100 * report.AcrossZonesShare:0.0} % of {scenario.Zones} zones' bytes");
        text.AppendLine($"banned            {report.PeersBanned} times, of honest hosts {report.HonestPeersBanned}");
        text.AppendLine($"closed            {string.Join(", ", report.Closes.Select(close => $"{close.Key} {close.Value}"))}");
        text.AppendLine($"ran               {report.Events / 1e6:0.0} million events, {report.Inputs / 1e6:0.0} million inputs, {report.WallSeconds:0.0} s ({report.ProcessorSeconds:0.0} s of processor), {report.PeakMemoryBytes >> 20} MiB at most");
        text.Append($"trace hash        {report.TraceHash}");
        return text.ToString();
    }

    public static string ToJson(SimulationReport report) => JsonSerializer.Serialize(
        new
        {
            report.Scenario.Hosts,
            report.Scenario.SizeBytes,
            report.Scenario.RateBytesPerSecond,
            report.Scenario.Limit,
            report.SentToLimit,
            report.ReceivedToLimit,
            report.Scenario.PieceCount,
            report.Scenario.PieceLength,
            report.Scenario.Zones,
            report.Scenario.Seed,
            report.HealthyHosts,
            report.HealthyCompleted,
            report.ImpairedHosts,
            report.ImpairedCompleted,
            FirstSeconds = report.Percentile(0),
            MedianSeconds = report.Percentile(0.5),
            Percentile90Seconds = report.Percentile(0.9),
            Percentile99Seconds = report.Percentile(0.99),
            report.LastSeconds,
            report.ImpairedLastSeconds,
            report.BoundSeconds,
            report.LastToBound,
            report.CentralPushSeconds,
            report.CentralPushToLast,
            report.SeederCopies,
            report.WastedShare,
            report.AcrossZonesShare,
            report.PeersBanned,
            report.HonestPeersBanned,
            report.Closes,
            report.Events,
            report.Inputs,
            report.WallSeconds,
            report.ProcessorSeconds,
            report.PeakMemoryBytes,
            report.TraceHash,
        },
        Indented);
}
