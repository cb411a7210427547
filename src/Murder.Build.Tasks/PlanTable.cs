using System.Globalization;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>What <c>MurderPlan</c> prints: one row a host, and before it what the deploy as a whole comes to.</summary>
internal static class PlanTable
{
    private static readonly string[] s_header = ["host", "zone", "wave", "runs", "receives", "has", "needs", "free", "link", ""];
    private const int ZoneColumn = 1;

    public static string Format(FleetPlan plan)
    {
        string[] summary =
        [
            $"plan of release {plan.Release}: {plan.FileCount} files, {Sizes.Format(plan.TotalBytes)}, to {plan.Hosts.Count} {(plan.Hosts.Count == 1 ? "host" : "hosts")}; nothing was changed",
            Receives(plan),
            $"waves: {(plan.Waves.Count == 0 ? "none" : string.Join(", ", plan.Waves))}; {(plan.FailingCount == 0 ? "nothing stands in the way" : $"{plan.FailingCount} of {plan.Hosts.Count} hosts would fail, and {plan.FailedHostsMax} may")}",
        ];
        string[][] rows = [s_header, .. plan.Hosts.Select(ToRow)];
        bool hasZones = plan.Hosts.Any(host => host.Zone.Length > 0);
        return string.Join('\n', summary) + TextTable.Format(hasZones ? rows : [.. rows.Select(row => row.Where((_, column) => column != ZoneColumn).ToArray())]);
    }

    private static string Receives(FleetPlan plan) => plan.KnownCount == 0
        ? "no host said what it holds"
        : $"{Receivers(plan)} will receive {Sizes.Format(plan.FetchBytes)} in all, {Time(plan)}";

    private static string Receivers(FleetPlan plan) =>
        plan.KnownCount == plan.Hosts.Count ? "hosts"
        : plan.KnownCount == 1 ? "the only host that said what it holds"
        : $"the {plan.KnownCount} hosts that said what they hold";

    private static string Time(FleetPlan plan) => plan switch
    {
        { FetchBytes: 0 } => "since all hold the release already",
        { Bound: { } bound, Predicted: { } predicted } =>
            string.Create(CultureInfo.InvariantCulture, $"in about {predicted.TotalSeconds:0.0} s (no way to do it takes less than {bound.TotalSeconds:0.0} s at {Rate(plan.BitsPerSecond)}, {Basis(plan)}{(plan.CopyCount > 1 ? $", and {plan.CopyCount} copies that leave this machine, since not all hosts reach each other" : "")})"),
        _ => "in a time that cannot be told: no host says how fast its link is, and MurderRateLimit is not set",
    };

    private static string Basis(FleetPlan plan) => plan.RateBasis switch
    {
        RateBasis.Limit => "which MurderRateLimit allows",
        RateBasis.Links => "the slowest of the hosts' links",
        _ => $"the slowest of the {plan.Hosts.Count(host => host.LinkBitsPerSecond is not null)} links that say how fast they are",
    };

    private static string[] ToRow(HostPlan host) =>
    [
        host.Name,
        host.Zone.Length > 0 ? host.Zone : "-",
        host.Wave?.ToString(CultureInfo.InvariantCulture) ?? "-",
        host.IsKnown ? host.Current ?? "-" : "?",
        Size(host, host.FetchBytes),
        Size(host, host.ReusedBytes),
        Size(host, host.NeededBytes),
        Size(host, host.FreeBytes),
        Rate(host.LinkBitsPerSecond),
        string.Join(' ', host.Problems.Select(problem => problem.Code)),
    ];

    private static string Size(HostPlan host, long bytes) => host.IsKnown ? Sizes.Format(bytes) : "?";

    private static string Rate(long? bitsPerSecond) => bitsPerSecond switch
    {
        null => "?",
        >= 1_000_000_000 and { } fast => string.Create(CultureInfo.InvariantCulture, $"{fast / 1e9:0.#} Gbit/s"),
        { } slow => string.Create(CultureInfo.InvariantCulture, $"{slow / 1e6:0.#} Mbit/s"),
    };
}
