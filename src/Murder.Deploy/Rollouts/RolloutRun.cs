namespace Murder.Deploy;

/// <summary>One run of a rollout with all who watch it: a narrator, and the live page when it was asked for. Lifetimes only; disposing ends the page and the ways to the hosts.</summary>
internal sealed class RolloutRun : IAsyncDisposable
{
    private readonly DeploymentPlan _plan;
    private readonly DeploymentSettings _settings;
    private readonly Release? _release;
    private readonly ReleaseSeeder? _seeder;
    private readonly RolloutNarrator _narrator;
    private readonly AgentLauncher _launcher;
    private readonly RolloutDriver _driver;
    private readonly SwarmAccess? _access;
    private readonly IDeploymentLog _log;
    private readonly Dashboard? _dashboard;

    /// <param name="release">null, as <paramref name="seeder"/>, when nothing is distributed</param>
    /// <param name="origin">timestamp of the start of the run</param>
    public RolloutRun(
        DeploymentPlan plan, DeploymentSettings settings, Release? release, ReleaseSeeder? seeder, long origin, IDeploymentLog log)
    {
        _plan = plan;
        _settings = settings;
        _release = release;
        _seeder = seeder;
        Rollout = new Rollout(plan);
        _narrator = new RolloutNarrator(plan, Rollout, log);
        _log = log;
        _launcher = AgentLauncher.Create(settings, plan.Hosts, spreads: true, TimeProvider.System);
        _access = release is null || seeder is null ? null : new SwarmAccess(plan, release, seeder, _launcher, log, TimeProvider.System);
        _driver = new RolloutDriver(plan, Rollout, _launcher, _access, Observe, TimeProvider.System, origin);
        _dashboard = Dashboard.TryStart(plan, Report(), log, TimeProvider.System);
    }

    public Rollout Rollout { get; }

    /// <summary>Why the seeder could not go on; null when it did.</summary>
    public Problem? SeederProblem { get; set; }

    public Task RunAsync(CancellationToken cancellationToken)
    {
        _dashboard?.Follow(_plan, _driver.Look);
        return _driver.RunAsync(cancellationToken);
    }

    /// <summary>The seeder is gone. From any thread.</summary>
    public void SeederLost() => _driver.SeederLost();

    /// <summary>To be called when the run and the seeder have ended.</summary>
    /// <returns>what it came to, which the page has shown</returns>
    public async Task<DeploymentReport> FinishAsync()
    {
        DeploymentReport report = Report();
        if (report.AgentsUploaded > 0)
        {
            _log.Detail($"the agent was sent to {report.AgentsUploaded} hosts, and went from host to host to {report.AgentsSpread}");
        }

        if (_dashboard is not null)
        {
            await _dashboard.FinishAsync(report).ConfigureAwait(false);
        }

        return report;
    }

    /// <summary>Tells which hosts came into the swarm by other ways than they should. To be called when the run has ended.</summary>
    public void TellWays() => _access?.Tell();

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_access is not null)
            {
                await _access.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            try
            {
                await _launcher.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                if (_dashboard is not null)
                {
                    await _dashboard.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private void Observe(RolloutInput input)
    {
        if (input is RolloutInput.LookedAt)
        {
            _dashboard?.Show(Report());
        }
        else
        {
            _narrator.Observe(input);
            _access?.Observe(input);
        }
    }

    private DeploymentReport Report() => ReportBuilder.Build(new RunFacts
    {
        Plan = _plan,
        Rollout = Rollout,
        RequestedHosts = _settings.Hosts,
        Release = _release,
        Now = _driver.Now,
        Ports = _seeder?.Ports,
        WayOf = host => _access?.WayOf(host),
        SeederUploadedBytes = _seeder?.UploadedBytes ?? 0,
        SeederFirstByteAt = _seeder?.FirstByteTimestamp is { } timestamp ? _driver.InstantOf(timestamp) : null,
        AgentsUploaded = _launcher.UploadCount,
        AgentsSpread = _launcher.SpreadCount,
        SeederProblem = SeederProblem,
    });
}
