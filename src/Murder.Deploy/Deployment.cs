using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>
/// The front door for the MSBuild tasks, and the imperative shell: starts, stops and disposes everything in reverse order; holds no decision.
/// All methods throw <see cref="DeploymentException"/> when the request is wrong or nothing here can seed, before any host is touched, and
/// <see cref="OperationCanceledException"/> after a cancellation has been carried out to its end.
/// </summary>
public static class Deployment
{
    /// <summary>Finds what is wrong with a request, all of it, before anything is published for it. Warnings are left for the verb itself.</summary>
    /// <param name="toHosts">false for a verb that touches no host</param>
    public static void Check(DeploymentSettings settings, bool toHosts)
    {
        List<Problem> problems = [];
        SettingsValidator.Validate(settings, RolloutGoal.Staged, problems);
        if (toHosts)
        {
            ResolveHosts(settings, problems);
        }

        if (problems.FindAll(problem => !problem.IsWarning) is { Count: > 0 } wrong)
        {
            throw new DeploymentException(wrong);
        }
    }

    /// <summary>Brings the publish output to every host, and activates it when asked to. A host that fails is in the report, not an exception.</summary>
    public static async Task<DeploymentReport> DeployAsync(DeploymentSettings settings, bool activate, IDeploymentLog log, CancellationToken cancellationToken)
    {
        RolloutGoal goal = activate ? RolloutGoal.StagedAndActive : RolloutGoal.Staged;
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        long origin = TimeProvider.System.GetTimestamp();
        RemoveReport(settings, log);
        (DeploymentOptions options, IReadOnlyList<TargetHost> hosts) = Resolve(settings, goal, log);
        SeederLaunch launch = SeederLaunch.Begin(new SeederLauncher(settings.AgentDirectory, log, TimeProvider.System), cancellationToken);
        await using ConfiguredAsyncDisposable launching = launch.ConfigureAwait(false);
        Release release = await ReleaseBuilder.BuildAsync(settings, options, startedAt, cancellationToken).ConfigureAwait(false);
        log.Milestone($"release {release.Id}  {release.Metainfo.Files.Count} files, {Sizes.Format(release.Metainfo.Layout.TotalLength)}");
        DeploymentPlan plan = DeploymentPlanner.Plan(options, hosts, release.Id, goal, FreshSeed(log), DeployerIdentity.Describe(), startedAt);
        if (plan.RateLimit is { } limit)
        {
            log.Milestone($"at most {limit} into each host, and out of each host and this machine");
        }

        DeploymentReport report = await RollOutAsync(plan, release, launch, settings, origin, log, cancellationToken).ConfigureAwait(false);
        Publish(report, settings, log);
        cancellationToken.ThrowIfCancellationRequested();
        return report;
    }

    /// <summary>What <see cref="DeployAsync"/> would do and meet. No host is changed but that it may get the agent into its cache; every problem has been reported.</summary>
    public static async Task<FleetPlan> PlanAsync(DeploymentSettings settings, IDeploymentLog log, CancellationToken cancellationToken)
    {
        (DeploymentOptions options, IReadOnlyList<TargetHost> hosts) = Resolve(settings, RolloutGoal.StagedAndActive, log);
        Release release = await ReleaseBuilder.BuildAsync(settings, options, TimeProvider.System.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        DeploymentPlan plan = DeploymentPlanner.Plan(options, hosts, release.Id, RolloutGoal.StagedAndActive, FreshSeed(log), DeployerIdentity.Describe(), TimeProvider.System.GetUtcNow());
        AgentLauncher launcher = AgentLauncher.Create(settings, hosts, spreads: true, TimeProvider.System);
        await using ConfiguredAsyncDisposable launching = launcher.ConfigureAwait(false);
        FleetSurvey survey = new(plan, release, launcher);
        (IReadOnlyList<SurveyedHost> surveyed, IReadOnlyList<ReachAttempt> attempts) = await survey.RunAsync(cancellationToken).ConfigureAwait(false);
        FleetPlan result = FleetPlanner.Plan(plan, release, surveyed, attempts);
        PlanProblems.Report(result, log);
        return result;
    }

    /// <summary>Activates <see cref="DeploymentSettings.Release"/>, which is staged already.</summary>
    /// <param name="isRollback">it was active before, and when none is named it is what every host ran before; what was active before that is the previous one after it</param>
    public static async Task<DeploymentReport> ActivateAsync(DeploymentSettings settings, bool isRollback, IDeploymentLog log, CancellationToken cancellationToken)
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        long origin = TimeProvider.System.GetTimestamp();
        RemoveReport(settings, log);
        if (isRollback && settings.Release.Length == 0)
        {
            settings = settings with { Release = await FindPreviousAsync(settings, log, cancellationToken).ConfigureAwait(false) };
            log.Milestone($"back to release {settings.Release}");
        }

        (DeploymentOptions options, IReadOnlyList<TargetHost> hosts) = Resolve(settings, RolloutGoal.Active, log);
        DeploymentPlan plan = DeploymentPlanner.Plan(options, hosts, ReleaseId.Parse(settings.Release), RolloutGoal.Active, FreshSeed(log), DeployerIdentity.Describe(), startedAt) with { IsRollback = isRollback };
        RolloutRun run = new(plan, settings, release: null, seeder: null, origin, log);
        await using (run.ConfigureAwait(false))
        {
            await run.RunAsync(cancellationToken).ConfigureAwait(false);
            RolloutEnd.Report(plan, run.Rollout, ports: null, log);
            DeploymentReport report = await run.FinishAsync().ConfigureAwait(false);
            Publish(report, settings, log);
            cancellationToken.ThrowIfCancellationRequested();
            return report;
        }
    }

    /// <summary>Asks every host what it holds, and whether that is still what was deployed if <see cref="DeploymentSettings.Verify"/> says so.</summary>
    public static async Task<IReadOnlyList<HostStatus>> StatusAsync(DeploymentSettings settings, IDeploymentLog log, CancellationToken cancellationToken)
    {
        (DeploymentOptions options, IReadOnlyList<TargetHost> hosts) = Resolve(settings, RolloutGoal.Staged, log);
        return await AskAsync(settings, options, hosts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has every host remove its old releases.</summary>
    public static async Task<IReadOnlyList<HostPruning>> PruneAsync(DeploymentSettings settings, IDeploymentLog log, CancellationToken cancellationToken)
    {
        (DeploymentOptions options, IReadOnlyList<TargetHost> hosts) = Resolve(settings, RolloutGoal.Staged, log);
        AgentLauncher launcher = AgentLauncher.Create(settings, hosts, spreads: false, TimeProvider.System);
        await using ConfiguredAsyncDisposable launching = launcher.ConfigureAwait(false);
        return await FleetPruning.Question(options.KeepReleases, DeployerIdentity.Describe(), TimeProvider.System.GetUtcNow(), options.BreaksLock)
            .AskAsync(hosts, launcher, options.ConnectionsMax, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the metainfo of the publish output to a file and returns its info-hash (64 hexadecimal digits).</summary>
    public static async Task<string> WriteTorrentAsync(DeploymentSettings settings, string path, IDeploymentLog log, CancellationToken cancellationToken)
    {
        List<Problem> problems = [];
        DeploymentOptions options = SettingsValidator.Validate(settings, RolloutGoal.Staged, problems);
        ThrowOrWarn(problems, log);
        Metainfo metainfo = await ReleaseBuilder.DescribeAsync(settings.PublishDirectory, options.Application, cancellationToken).ConfigureAwait(false);
        try
        {
            WholeFile.Write(path, metainfo.Bytes.Span);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException(ReleaseProblems.TorrentNotWritten(path, e.Message));
        }

        log.Milestone($"torrent {path}  {metainfo.Files.Count} files, {Sizes.Format(metainfo.Layout.TotalLength)}, info-hash {metainfo.InfoHash}");
        return metainfo.InfoHash.ToString();
    }

    private static async Task<IReadOnlyList<HostStatus>> AskAsync(DeploymentSettings settings, DeploymentOptions options, IReadOnlyList<TargetHost> hosts, CancellationToken cancellationToken)
    {
        AgentLauncher launcher = AgentLauncher.Create(settings, hosts, spreads: false, TimeProvider.System);
        await using ConfiguredAsyncDisposable launching = launcher.ConfigureAwait(false);
        return await FleetStatus.Question(options.Verifies).AskAsync(hosts, launcher, options.ConnectionsMax, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The release that was active before the present one, and lies there still, on every host but those that may fail: what a way back is to activate.
    /// </summary>
    private static async Task<string> FindPreviousAsync(DeploymentSettings settings, IDeploymentLog log, CancellationToken cancellationToken)
    {
        (DeploymentOptions options, IReadOnlyList<TargetHost> hosts) = Resolve(settings, RolloutGoal.Staged, log);
        IReadOnlyList<HostStatus> answers = await AskAsync(settings, options with { Verifies = false }, hosts, cancellationToken).ConfigureAwait(false);
        return PreviousRelease.Find(answers, options.MaxFailedHosts.RoundedDown(hosts.Count));
    }

    private static async Task<DeploymentReport> RollOutAsync(
        DeploymentPlan plan,
        Release release,
        SeederLaunch launch,
        DeploymentSettings settings,
        long origin,
        IDeploymentLog log,
        CancellationToken cancellationToken)
    {
        ReleaseSeeder seeder = await StartSeederAsync(plan, release, launch, log, cancellationToken).ConfigureAwait(false);
        await using (seeder.ConfigureAwait(false))
        {
            RolloutRun run = new(plan, settings, release, seeder, origin, log);
            await using ConfiguredAsyncDisposable running = run.ConfigureAwait(false);
            Task rollingOut = run.RunAsync(cancellationToken);
            if (await Task.WhenAny(rollingOut, seeder.Running).ConfigureAwait(false) == seeder.Running)
            {
                run.SeederLost();
            }

            await rollingOut.ConfigureAwait(false);
            if (seeder.Running.Exception?.InnerException is { } failure && !run.Rollout.HasSucceeded)
            {
                run.SeederProblem = RolloutProblems.SeederFailed(failure.Message);
                log.Report(run.SeederProblem);
            }

            await seeder.StopAsync().ConfigureAwait(false); // only then is known what it sent
            run.TellWays();
            RolloutEnd.Report(plan, run.Rollout, seeder.Ports, log);
            log.Detail($"seeder sent {(double)seeder.UploadedBytes / Math.Max(1, release.Metainfo.Layout.TotalLength):0.00} copies");
            DeploymentReport report = await run.FinishAsync().ConfigureAwait(false);
            if (report.DownloadedBytesAcrossZones is { } crossed)
            {
                log.Milestone($"{Sizes.Format(crossed)} of the {Sizes.Format(report.Hosts.Sum(host => host.DownloadedBytes))} that hosts fetched came from other zones");
            }

            return report;
        }
    }

    private static async Task<ReleaseSeeder> StartSeederAsync(DeploymentPlan plan, Release release, SeederLaunch launch, IDeploymentLog log, CancellationToken cancellationToken)
    {
        try
        {
            AgentChannel agent = await launch.Agent.ConfigureAwait(false);
            return await ReleaseSeeder.StartAsync(release, plan, agent, log, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (HostException e)
        {
            throw new DeploymentException(RolloutProblems.SeederFailed(e.Message));
        }
    }

    /// <summary>A run that is cancelled, killed or fails before there is anything to report must not leave the report of the run before to be taken for its own.</summary>
    private static void RemoveReport(DeploymentSettings settings, IDeploymentLog log)
    {
        try
        {
            ReportFile.Remove(settings.ReportDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Report(RolloutProblems.ReportNotRemoved(settings.ReportDirectory, e.Message));
        }
    }

    private static void Publish(DeploymentReport report, DeploymentSettings settings, IDeploymentLog log)
    {
        try
        {
            log.Milestone($"report at {ReportFile.Write(report, settings.ReportDirectory)}");
            if (ReportFile.Summarize(report, settings.ReportDirectory, Environment.GetEnvironmentVariable) is { } summary)
            {
                log.Order($"##vso[task.uploadsummary]{summary}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Report(RolloutProblems.ReportNotWritten(settings.ReportDirectory, e.Message));
        }
    }

    private static (DeploymentOptions Options, IReadOnlyList<TargetHost> Hosts) Resolve(DeploymentSettings settings, RolloutGoal goal, IDeploymentLog log)
    {
        List<Problem> problems = [];
        DeploymentOptions options = SettingsValidator.Validate(settings, goal, problems);
        IReadOnlyList<TargetHost> hosts = ResolveHosts(settings, problems);
        ThrowOrWarn(problems, log);
        HostListing.Tell(hosts, log);
        return (options, hosts);
    }

    private static IReadOnlyList<TargetHost> ResolveHosts(DeploymentSettings settings, List<Problem> problems)
    {
        HostResolution resolution = HostResolver.Resolve(settings);
        problems.AddRange(resolution.Problems);
        problems.AddRange(AgentLauncher.Check(settings, resolution.Hosts));
        bool isBySsh = resolution.Hosts.Any(host => !host.IsLocal) && CommandTemplate.IsSsh(settings.Transport);
        return isBySsh && !problems.Any(problem => !problem.IsWarning) ? ConfiguredHosts.Of(resolution.Hosts, SshOptions.From(settings), problems) : resolution.Hosts;
    }

    private static void ThrowOrWarn(List<Problem> problems, IDeploymentLog log)
    {
        if (problems.Any(problem => !problem.IsWarning))
        {
            throw new DeploymentException(problems);
        }

        problems.ForEach(log.Report);
    }

    private static ulong FreshSeed(IDeploymentLog log)
    {
        ulong seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        log.Detail($"seed {seed}");
        return seed;
    }
}
