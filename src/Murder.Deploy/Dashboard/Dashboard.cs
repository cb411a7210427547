using System.Net;
using System.Net.Sockets;

namespace Murder.Deploy;

/// <summary>
/// The live page of a run (<c>MurderDashboard</c>): asks for a report now and then while somebody looks, and shows the last one at the end. Lives as
/// long as the run, and a moment longer for the last report to get to the browsers.
/// </summary>
internal sealed class Dashboard : IAsyncDisposable
{
    /// <summary>Between two looks. Of more hosts it is looked at less often: a report of 10,000 has some megabytes.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_intervalOfMany = TimeSpan.FromSeconds(2);
    private const int ManyHosts = 1000;

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_graceStep = TimeSpan.FromMilliseconds(20);

    private readonly ReportFeed _feed = new();
    private readonly DashboardServer _server;
    private readonly TimeProvider _time;
    private ITimer? _looking;

    private Dashboard(TimeProvider time, IPAddress address)
    {
        _time = time;
        _server = new DashboardServer(_feed, time, address);
    }

    /// <summary>Tells where it is; null when it was not asked for or cannot be, which is told too and keeps no deploy from its work.</summary>
    /// <param name="first">what is to be seen before anything has happened</param>
    public static Dashboard? TryStart(DeploymentPlan plan, DeploymentReport first, IDeploymentLog log, TimeProvider time, IPAddress? address = null)
    {
        if (!plan.HasDashboard)
        {
            return null;
        }

        try
        {
            Dashboard dashboard = new(time, address ?? IPAddress.Loopback);
            dashboard._feed.Publish(first, isLast: false);
            log.Milestone($"watch it at {dashboard._server.Url}");
            return dashboard;
        }
        catch (SocketException e)
        {
            log.Report(RolloutProblems.DashboardNotStarted(e.Message));
            return null;
        }
    }

    /// <summary>Never waits.</summary>
    public void Show(DeploymentReport report) => _feed.Publish(report, isLast: false);

    /// <param name="look">asks for a report to be shown; only called while a browser is open</param>
    public void Follow(DeploymentPlan plan, Action look)
    {
        TimeSpan interval = plan.Hosts.Count > ManyHosts ? s_intervalOfMany : s_interval;
        _looking = _time.CreateTimer(_ => LookIfWatched(look), null, interval, interval);
    }

    /// <summary>Shows the last report, and waits until every open browser has it, but not for long.</summary>
    public async Task FinishAsync(DeploymentReport report)
    {
        _looking?.Dispose();
        _feed.Publish(report, isLast: true);
        long since = _time.GetTimestamp();
        while (_server.Watchers > 0 && _time.GetElapsedTime(since) < s_grace)
        {
            await Task.Delay(s_graceStep, _time).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _looking?.Dispose();
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private void LookIfWatched(Action look)
    {
        if (_server.Watchers > 0)
        {
            look();
        }
    }
}
