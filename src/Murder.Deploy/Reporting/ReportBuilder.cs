using System.Numerics;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>Turns the end of a rollout into its report.</summary>
internal static class ReportBuilder
{
    public static IReadOnlyList<HostReport> Hosts(DeploymentPlan plan, Rollout rollout, DeployerPorts? ports) =>
        [.. plan.Hosts.Zip(rollout.Hosts, (host, progress) => Host(host, progress, ports))];

    public static DeploymentReport Build(
        DeploymentPlan plan, Rollout rollout, Release release, DateTimeOffset startedAt, Instant endedAt, DeployerPorts ports, long seederUploadedBytes, Instant? seederFirstByteAt)
    {
        IReadOnlyList<HostReport> hosts = Hosts(plan, rollout, ports);
        bool hasZones = hosts.Select(host => host.Zone).Where(zone => zone.Length > 0).Distinct().Count() > 1;
        return new DeploymentReport
        {
            Application = plan.Application,
            Release = plan.Release.Value,
            InfoHash = release.Metainfo.InfoHash.ToString(),
            FileCount = release.Metainfo.Files.Count,
            TotalBytes = release.Metainfo.Layout.TotalLength,
            PieceLength = release.Metainfo.Layout.PieceLength,
            PieceCount = release.Metainfo.Layout.PieceCount,
            DeployedBy = plan.DeployedBy,
            StartedAt = startedAt,
            TotalSeconds = Seconds(endedAt)!.Value,
            StagingSeconds = StagingSeconds(rollout),
            Ports = ports,
            SeederUploadedBytes = seederUploadedBytes,
            SeederFirstByteSeconds = Seconds(seederFirstByteAt),
            BoundSeconds = BoundSeconds(plan, release.Metainfo.Layout, hosts.Count),
            Succeeded = rollout.HasSucceeded,
            RolledBack = rollout.HasRolledBack,
            WaveCount = rollout.WaveCount,
            RepairHosts = RepairHosts.Of(plan, rollout),
            Seed = plan.Seed,
            DownloadedBytesAcrossZones = hasZones ? hosts.Sum(host => host.DownloadedBytesAcrossZones) : null,
            Hosts = hosts,
        };
    }

    private static HostReport Host(TargetHost host, HostProgress progress, DeployerPorts? ports)
    {
        Problem? problem = progress.Failure is { } failure ? HostProblems.From(host, failure, progress.WhatHappened, ports) : null;
        return new HostReport(host.Name)
        {
            Address = host.IsLocal ? host.Address : $"{host.Address}:{host.Port}",
            Zone = host.Zone,
            State = progress.State,
            Failure = progress.Failure,
            Code = problem?.Code,
            Detail = problem is null ? null : progress.WhatHappened,
            Remedy = problem?.Remedy,
            ReadySeconds = Seconds(progress.ReadyAt),
            StagedSeconds = Seconds(progress.StagedAt),
            Wave = progress.Wave,
            SwitchedSeconds = Seconds(progress.SwitchedAt),
            ActiveSeconds = Seconds(progress.ActiveAt),
            WasUntouched = progress.WasUntouched,
            ResumedBytes = progress.Result?.ResumedBytes ?? progress.Fetch?.ResumedBytes ?? 0,
            DownloadedBytes = progress.Result?.DownloadedBytes ?? progress.Fetch?.DownloadedBytes ?? 0,
            DownloadedBytesAcrossZones = progress.Result?.DownloadedBytesAcrossZones ?? progress.Fetch?.DownloadedBytesAcrossZones ?? 0,
            // A host sends to others after it is staged too, so the last progress knows more than the result.
            UploadedBytes = Math.Max(progress.Result?.UploadedBytes ?? 0, progress.Fetch?.UploadedBytes ?? 0),
            WastedBytes = progress.Result?.WastedBytes ?? 0,
            PreviousRelease = progress.PreviousRelease,
        };
    }

    /// <summary>One link's time for the release, and one piece more for each doubling of the hosts.</summary>
    private static double? BoundSeconds(DeploymentPlan plan, PieceLayout layout, int hosts) =>
        plan.RateLimit is { } limit
            ? Math.Round((double)layout.TotalLength / limit.BytesPerSecond * (1 + ((double)BitOperations.Log2((uint)hosts) / Math.Max(1, layout.PieceCount))), 3)
            : null;

    private static double? StagingSeconds(Rollout rollout) =>
        rollout.StagingStartedAt is { } start && rollout.Hosts.Max(host => host.StagedAt) is { } end ? Math.Round((end - start).TotalSeconds, 3) : null;

    private static double? Seconds(Instant? at) => at is { } instant ? Math.Round(TimeSpan.FromTicks(instant.Ticks).TotalSeconds, 3) : null;
}
