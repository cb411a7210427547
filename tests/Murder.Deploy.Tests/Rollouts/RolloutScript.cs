using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy.Tests;

/// <summary>Plays a rollout by hand: says what happened and writes down what was ordered, as <c>"launch 0"</c>.</summary>
internal sealed class RolloutScript
{
    private Instant _now;

    /// <param name="zones">host i is in zone i mod so many</param>
    public RolloutScript(
        int hosts,
        RolloutGoal goal = RolloutGoal.StagedAndActive,
        int failedHostsMax = 0,
        int launchesMax = 64,
        string waves = "100%",
        FailurePolicy onFailure = FailurePolicy.RollBack,
        int zones = 1)
    {
        Assert.True(WaveSizes.TryParse(waves, out IReadOnlyList<HostShare> sizes));
        TargetHost[] targets = [.. Enumerable.Range(0, hosts).Select(i => new TargetHost($"web{i}") { Address = "127.0.0.1", Root = "/srv/web", Zone = $"z{i % zones}" })];
        Rollout = new Rollout(TestPlan.For(targets) with
        {
            Goal = goal,
            FailedHostsMax = failedHostsMax,
            LaunchesMax = launchesMax,
            Waves = sizes,
            OnFailure = onFailure,
        });
        Orders = Say(new RolloutInput.Started());
    }

    /// <summary>Every host is staged, and the first wave is ordered.</summary>
    public static RolloutScript Activating(int hosts, int failedHostsMax = 0, string waves = "100%", FailurePolicy onFailure = FailurePolicy.RollBack, int zones = 1)
    {
        RolloutScript script = new(hosts, failedHostsMax: failedHostsMax, launchesMax: hosts, waves: waves, onFailure: onFailure, zones: zones);
        for (int host = 0; host < hosts; host++)
        {
            script.Ready(host);
        }

        for (int host = 0; host < hosts; host++)
        {
            script.Staged(host);
        }

        return script;
    }

    public Rollout Rollout { get; }

    /// <summary>What the latest input gave rise to.</summary>
    public string[] Orders { get; private set; }

    public string[] Say(RolloutInput input)
    {
        Rollout.Handle(input, _now);
        return Orders = Drain();
    }

    public string[] Ready(int host) => Say(new RolloutInput.AgentReady(host));

    public string[] Locked(int host) => Say(new RolloutInput.Locked(host));

    public string[] Progressed(int host, long verified, long uploaded = 0) =>
        Say(new RolloutInput.Progressed(host, new AgentProgress(verified, 100, 0, verified, uploaded, 1)));

    public string[] Working(int host, AgentWork work, long done) => Say(new RolloutInput.Working(host, new AgentWorking(work, done)));

    public string[] Staged(int host) => Say(new RolloutInput.Staged(host, new AgentStaged(default, 1, 0, 100, 50, 0)));

    public string[] Switched(int host) => Say(new RolloutInput.Switched(host, "old"));

    /// <summary>Switched, and healthy: what was ordered is done, be it the release or the way back.</summary>
    public string[] Activated(int host) => Orders = [.. Switched(host), .. Say(new RolloutInput.Activated(host))];

    public string[] Failed(int host, HostFailure failure = HostFailure.DiskFull) => Say(new RolloutInput.AgentFailed(host, failure, "why"));

    public string[] LaunchFailed(int host) => Say(new RolloutInput.LaunchFailed(host, HostFailure.Unreachable, "why"));

    public string[] Lost(int host) => Say(new RolloutInput.AgentLost(host, HostFailure.AgentLost, "why"));

    public string[] Left(int host) => Say(new RolloutInput.AgentLeft(host));

    public string[] Cancel() => Say(new RolloutInput.CancelRequested());

    public string[] Wait(TimeSpan span)
    {
        _now += span;
        Rollout.HandleTimeout(_now);
        return Orders = Drain();
    }

    private string[] Drain()
    {
        List<string> orders = [];
        while (Rollout.TryTake(out RolloutOutput? output))
        {
            orders.Add(output switch
            {
                RolloutOutput.Launch launch => $"launch {launch.Host}",
                RolloutOutput.Fetch fetch => $"fetch {fetch.Host}",
                RolloutOutput.Lock locks => $"lock {locks.Host}",
                RolloutOutput.Activate activate => $"activate {activate.Host}",
                RolloutOutput.RollBack back => $"rollback {back.Host}",
                RolloutOutput.Dismiss dismiss => $"stop {dismiss.Host}",
                RolloutOutput.Abort abort => $"abort {abort.Host}",
                RolloutOutput.CancelLaunches => "cancel launches",
                _ => "finished",
            });
        }

        return [.. orders];
    }
}
