using System.Globalization;
using Murder.Deploy;

namespace Murder.Build.Tasks;

/// <summary>What <c>MurderPlan</c> prints: one row a host, and before it what the deploy as a whole comes to.</summary>
internal static class PlanTable
{
    private static readonly string[] s_header = ["host", "wave", "runs", "receives", "has", "free", "link", ""];

    public static string Format(FleetPlan plan)
    {
        string[] summary =
        [
            $"plan of release {plan.Release}: {plan.FileCount} files, {Sizes.Format(plan.TotalBytes)}, to {plan.Hosts.Count} {(plan.Hosts.Count == 1 ? "host" : "hosts")}; nothing was changed",
            $"hosts will receive {Sizes.Format(plan.FetchBytes)} in all, {Time(plan)}",
            $"waves: {string.Join(", ", plan.Waves)}; {(plan.FailingCount == 0 ? "no host stands in the way" : $"{plan.FailingCount} would fail, and {plan.FailedHostsMax} may")}",
        ];
        return string.Join('\n', summary) + TextTable.Format([s_header, .. plan.Hosts.Select(ToRow)]);
    }

    private static string Time(FleetPlan plan) => plan switch
    {
        { FetchBytes: 0 } => "since all hold the release already",
        { Bound: { } bound, Predicted: { } predicted } =>
            string.Create(CultureInfo.InvariantCulture, $"in about {predicted.TotalSeconds:0.0} s (no way to do it takes less than {bound.TotalSeconds:0.0} s at {Rate(plan.BitsPerSecond)}, the slowest link or the limit)"),
        _ => "in a time that cannot be told: no host says how fast its link is, and MurderRateLimit is not set",
    };

    private static string[] ToRow(HostPlan host) =>
    [
        host.Name,
        host.Wave?.ToString(CultureInfo.InvariantCulture) ?? "-",
        host.Current ?? "-",
        Sizes.Format(host.FetchBytes),
        Sizes.Format(host.ReusedBytes),
        Sizes.Format(host.FreeBytes),
        Rate(host.LinkBitsPerSecond),
        string.Join(' ', host.Problems.Select(problem => problem.Code)),
    ];

    private static string Rate(long? bitsPerSecond) => bitsPerSecond switch
    {
        null => "?",
        >= 1_000_000_000 and { } fast => string.Create(CultureInfo.InvariantCulture, $"{fast / 1e9:0.#} Gbit/s"),
        { } slow => string.Create(CultureInfo.InvariantCulture, $"{slow / 1e6:0.#} Mbit/s"),
    };
}
