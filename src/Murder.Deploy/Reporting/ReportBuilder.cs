using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>Turns a rollout, at its end or on the way, into its report.</summary>
internal static class ReportBuilder
{
    public static DeploymentReport Build(RunFacts facts)
    {
        DeploymentPlan plan = facts.Plan;
        Rollout rollout = facts.Rollout;
        Metainfo? metainfo = facts.Release?.Metainfo;
        IReadOnlyList<HostReport> hosts = [.. plan.Hosts.Select((host, index) => HostOf(host, rollout.Hosts[index], facts.WayOf(index), facts.Ports))];
        bool hasZones = hosts.Select(host => host.Zone).Where(zone => zone.Length > 0).Distinct().Count() > 1;
        return new DeploymentReport
        {
            Verb = VerbOf(plan),
            Outcome = OutcomeOf(facts),
            Application = plan.Application,
            Release = plan.Release.Value,
            DeployedBy = plan.DeployedBy,
            RequestedHosts = facts.RequestedHosts,
            InfoHash = metainfo?.InfoHash.ToString(),
            FileCount = metainfo?.Files.Count ?? 0,
            TotalBytes = metainfo?.Layout.TotalLength ?? 0,
            PieceLength = metainfo?.Layout.PieceLength ?? 0,
            PieceCount = metainfo?.Layout.PieceCount ?? 0,
            StartedAt = plan.StartedAt,
            TotalSeconds = Seconds(facts.Now)!.Value,
            StagingSeconds = StagingSeconds(rollout),
            Bound = BoundOf(facts, hosts),
            Ports = facts.Ports,
            SeederUploadedBytes = facts.SeederUploadedBytes,
            SeederFirstByteSeconds = Seconds(facts.SeederFirstByteAt),
            AgentsUploaded = facts.AgentsUploaded,
            AgentsSpread = facts.AgentsSpread,
            RolledBack = rollout.HasRolledBack,
            FailedHostsMax = plan.FailedHostsMax,
            Waves = [.. rollout.Waves.Select((wave, index) => WaveOf(index + 1, wave, rollout))],
            Gates = GatesOf(plan.Steps),
            Problems = ProblemsOf(facts),
            RepairHosts = rollout.HasSucceeded ? RepairHosts.Of(plan, rollout) : null,
            Seed = plan.Seed,
            DownloadedBytesAcrossZones = hasZones ? hosts.Sum(host => host.DownloadedBytesAcrossZones) : null,
            Hosts = hosts,
        };
    }

    private static DeploymentVerb VerbOf(DeploymentPlan plan) => plan.Goal switch
    {
        RolloutGoal.Staged => DeploymentVerb.Stage,
        RolloutGoal.StagedAndActive => DeploymentVerb.Deploy,
        _ => plan.IsRollback ? DeploymentVerb.Rollback : DeploymentVerb.Activate,
    };

    private static DeploymentOutcome OutcomeOf(RunFacts facts) => facts.Rollout switch
    {
        { Phase: not RolloutPhase.Finished } => DeploymentOutcome.Running,
        { HasSucceeded: true } => DeploymentOutcome.Succeeded,
        { HasRolledBack: true } => DeploymentOutcome.RolledBack,
        { IsCancelled: true } when facts.SeederProblem is null => DeploymentOutcome.Cancelled,
        _ => DeploymentOutcome.Failed,
    };

    private static ReportedProblem[] ProblemsOf(RunFacts facts)
    {
        Problem?[] problems = facts.Rollout.Phase == RolloutPhase.Finished ? [facts.SeederProblem, RolloutEnd.ProblemOf(facts.Plan, facts.Rollout)] : [facts.SeederProblem];
        return [.. problems.OfType<Problem>().Select(problem => new ReportedProblem(problem.Code, problem.Text, problem.Remedy))];
    }

    private static GateReport GatesOf(ActivationSteps steps) =>
        new(steps.BeforeActivate.Length > 0, steps.Service, steps.AfterActivate.Length > 0, WithoutSecrets(steps.HealthUrl), steps.HealthTimeoutSeconds);

    private static string WithoutSecrets(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) ? parsed.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "";

    private static WaveReport WaveOf(int number, IReadOnlyList<int> places, Rollout rollout)
    {
        HostProgress[] hosts = [.. places.Select(place => rollout.Hosts[place])];
        bool hasEnded = hosts.All(host => host.ActiveAt is not null || host.HasFailed);
        return new WaveReport(
            number,
            hosts.Length,
            hosts.Count(host => host.ActiveAt is not null && !host.HasFailed),
            hosts.Count(host => host.HasFailed),
            Seconds(hosts.Min(host => host.ActivationOrderedAt)),
            hasEnded ? Seconds(hosts.Max(host => host.FailedAt ?? host.ActiveAt)) : null);
    }

    /// <summary>By the limit, or else the slowest link that is known, or else what the fastest host received at.</summary>
    private static SwarmBound? BoundOf(RunFacts facts, IReadOnlyList<HostReport> hosts)
    {
        HostReport[] fetched = [.. hosts.Where(host => host.StagedSeconds is not null && host.DownloadedBytes > 0)];
        if (fetched.Length == 0 || facts.Release is not { } release)
        {
            return null;
        }

        long? link = facts.Rollout.Hosts.Where((_, index) => !facts.Plan.Hosts[index].IsLocal).Min(host => host.LinkBitsPerSecond) / 8;
        long? limit = facts.Plan.RateLimit?.BytesPerSecond;
        (double rate, RateSource source) = limit is { } most && most <= (link ?? long.MaxValue) ? (most, RateSource.Limit)
            : link is { } slowest ? (slowest, RateSource.Link)
            : (fetched.Max(host => RateOf(host, facts)), RateSource.Measured);
        return new SwarmBound(fetched.Max(host => host.DownloadedBytes), fetched.Length, release.Metainfo.Layout.PieceCount, rate, source);
    }

    private static double RateOf(HostReport host, RunFacts facts)
    {
        double from = Math.Max(host.ReadySeconds ?? 0, Seconds(facts.SeederFirstByteAt) ?? 0);
        return host.DownloadedBytes / Math.Max(0.001, host.StagedSeconds!.Value - from);
    }

    private static HostReport HostOf(TargetHost host, HostProgress progress, HostWay? way, DeployerPorts? ports)
    {
        Problem? problem = progress.Failure is { } failure ? HostProblems.From(host, failure, progress.WhatHappened, ports) : null;
        return new HostReport(host.Name)
        {
            Address = host.IsLocal ? host.Address : host.Endpoint,
            Zone = host.Zone,
            Way = way,
            State = progress.State,
            Failure = progress.Failure,
            Code = problem?.Code,
            Detail = problem is null ? null : progress.WhatHappened,
            Remedy = problem?.Remedy,
            LaunchedSeconds = Seconds(progress.LaunchedAt),
            ReadySeconds = Seconds(progress.ReadyAt),
            StagedSeconds = Seconds(progress.StagedAt),
            Wave = progress.Wave,
            ActivationSeconds = Seconds(progress.ActivationOrderedAt),
            SwitchedSeconds = Seconds(progress.SwitchedAt),
            ActiveSeconds = Seconds(progress.ActiveAt),
            FailedSeconds = Seconds(progress.FailedAt),
            RollbackSeconds = Seconds(progress.RollbackOrderedAt),
            RolledBackSeconds = Seconds(progress.RolledBackAt),
            WasUntouched = progress.WasUntouched,
            VerifiedBytes = progress.Result is { } staged ? staged.ResumedBytes + staged.DownloadedBytes - staged.WastedBytes : progress.Fetch?.VerifiedBytes ?? 0,
            ResumedBytes = progress.Result?.ResumedBytes ?? progress.Fetch?.ResumedBytes ?? 0,
            DownloadedBytes = progress.Result?.DownloadedBytes ?? progress.Fetch?.DownloadedBytes ?? 0,
            DownloadedBytesAcrossZones = progress.Result?.DownloadedBytesAcrossZones ?? progress.Fetch?.DownloadedBytesAcrossZones ?? 0,
            // A host sends to others after it is staged too, so the last progress knows more than the result.
            UploadedBytes = Math.Max(progress.Result?.UploadedBytes ?? 0, progress.Fetch?.UploadedBytes ?? 0),
            WastedBytes = progress.Result?.WastedBytes ?? 0,
            PreviousRelease = progress.PreviousRelease,
        };
    }

    private static double? StagingSeconds(Rollout rollout) =>
        rollout.StagingStartedAt is { } start && rollout.Hosts.Max(host => host.StagedAt) is { } end ? Math.Round((end - start).TotalSeconds, 3) : null;

    private static double? Seconds(Instant? at) => at is { } instant ? Math.Round(TimeSpan.FromTicks(instant.Ticks).TotalSeconds, 3) : null;
}
