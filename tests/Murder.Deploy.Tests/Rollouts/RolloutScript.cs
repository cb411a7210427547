using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy.Tests;

/// <summary>Plays a rollout by hand: says what happened and writes down what was ordered, as <c>"launch 0"</c>.</summary>
internal sealed class RolloutScript
{
    private Instant _now;

    public RolloutScript(int hosts, RolloutGoal goal = RolloutGoal.StagedAndActive, int failedHostsMax = 0, int launchesMax = 64)
    {
        Rollout = new Rollout(new DeploymentPlan
        {
            Goal = goal,
            Application = "web",
            Release = ReleaseId.Parse("1.0.0-20260101T000000Z-01234567"),
            Hosts = [.. Enumerable.Range(0, hosts).Select(i => new TargetHost($"web{i}") { Address = "127.0.0.1", Root = "/srv/web" })],
            FailedHostsMax = failedHostsMax,
            LaunchesMax = launchesMax,
            Port = 6881,
            SwarmSecurity = SwarmSecurity.Tls,
            Seed = 1,
            DeployedBy = "me@here",
        });
        Orders = Say(new RolloutInput.Started());
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

    public string[] Staged(int host) => Say(new RolloutInput.Staged(host, new AgentStaged(default, 1, 0, 100, 50, 0)));

    public string[] Activated(int host) => Say(new RolloutInput.Activated(host, "old"));

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
                RolloutOutput.Activate activate => $"activate {activate.Host}",
                RolloutOutput.Dismiss dismiss => $"stop {dismiss.Host}",
                RolloutOutput.Abort abort => $"abort {abort.Host}",
                RolloutOutput.CancelLaunches => "cancel launches",
                _ => "finished",
            });
        }

        return [.. orders];
    }
}
