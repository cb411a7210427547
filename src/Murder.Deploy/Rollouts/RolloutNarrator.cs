using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Tells a rollout's story to a person: a live line of how far it is, a milestone at each end of a phase, a detail for each host.</summary>
internal sealed class RolloutNarrator(DeploymentPlan plan, Rollout rollout, IDeploymentLog log)
{
    private RolloutPhase _lastPhase = RolloutPhase.Staging;
    private int _bootstrapped;
    private int _staged;
    private int _active; // counted, for the line is written at every input
    private int _back;
    private int _wavesTold;

    public void Observe(RolloutInput input)
    {
        switch (input)
        {
            case RolloutInput.AgentReady ready:
                _bootstrapped++;
                log.Detail($"{Name(ready.Host)}: agent ready");
                break;
            case RolloutInput.Locked locked:
                log.Detail($"{Name(locked.Host)}: locked");
                break;
            case RolloutInput.LaunchFailed failed:
                log.Detail($"{Name(failed.Host)}: {failed.Failure}: {failed.Detail}");
                break;
            case RolloutInput.Working { Work.Done: 0 } working:
                log.Detail($"{Name(working.Host)}: {Describe(working.Work.Work)}");
                break;
            case RolloutInput.Staged staged:
                _staged++;
                log.Detail($"{Name(staged.Host)}: staged in {staged.Result.Seconds:0.0} s, {Describe(staged.Result)}");
                break;
            case RolloutInput.Switched switched:
                log.Detail($"{Name(switched.Host)}: switched (before: {switched.Previous ?? "nothing"})");
                break;
            case RolloutInput.Activated activated:
                bool isBack = rollout.Hosts[activated.Host].State == HostState.RolledBack;
                _back += isBack ? 1 : 0;
                _active += isBack ? 0 : 1;
                log.Detail($"{Name(activated.Host)}: {(isBack ? "runs again what it ran before" : activated.WasDone ? "active already" : "active")}");
                break;
            case RolloutInput.AgentFailed failed:
                log.Detail($"{Name(failed.Host)}: {failed.Failure}: {failed.Detail}");
                break;
            case RolloutInput.AgentLost lost when rollout.Phase < RolloutPhase.Stopping:
                log.Detail($"{Name(lost.Host)}: {lost.Failure}: {lost.Detail}");
                break;
            case RolloutInput.PeerBanned banned:
                log.Report(RolloutProblems.LyingPeer(Name(banned.Host), banned.Endpoint, banned.Detail));
                break;
            case RolloutInput.NotPruned notPruned:
                log.Report(RolloutProblems.NotPruned(Name(notPruned.Host), notPruned.Detail));
                break;
        }

        if (rollout.Phase < RolloutPhase.Stopping)
        {
            log.Progress(ProgressLine());
        }

        if (rollout.Phase != _lastPhase)
        {
            TellPhaseEnd();
            _lastPhase = rollout.Phase;
        }

        TellWaves();
    }

    /// <summary>Said before the first host is switched: a gate that was meant and misspelt is missed here.</summary>
    private static string Gates(ActivationSteps steps)
    {
        string[] gates =
        [
            .. steps.BeforeActivate.Length > 0 ? ["MurderBeforeActivate"] : Array.Empty<string>(),
            .. steps.Service.Length > 0 ? [$"the restart of {steps.Service}"] : Array.Empty<string>(),
            .. steps.AfterActivate.Length > 0 ? ["MurderAfterActivate"] : Array.Empty<string>(),
            .. steps.HealthUrl.Length > 0 ? ["the health check"] : Array.Empty<string>(),
        ];
        return gates.Length == 0 ? "with no gate but the switch itself" : $"each gated by {string.Join(", ", gates)}";
    }

    private static string Hosts(int count) => count == 1 ? "1 host" : $"{count} hosts";

    private int Count(HostState state) => rollout.Hosts.Count(host => host.State == state);

    private string Name(int host) => plan.Hosts[host].Name;

    private static string Describe(AgentWork work) => work switch
    {
        AgentWork.Copying => "copies a release of the same content",
        AgentWork.Checking => "checks what lies on its disk",
        AgentWork.Activating => "carries out the steps of its activation",
        _ => "syncs the release to its disk",
    };

    private static string Describe(AgentStaged result) =>
        result.ResumedBytes > 0
            ? $"{Sizes.Format(result.DownloadedBytes)} fetched, {Sizes.Format(result.ResumedBytes)} were there"
            : $"{Sizes.Format(result.DownloadedBytes)} fetched";

    private void TellPhaseEnd()
    {
        int hosts = plan.Hosts.Count;
        if (_lastPhase == RolloutPhase.Staging && plan.Goal != RolloutGoal.Active && !rollout.IsCancelled)
        {
            Swarm.Instant? last = rollout.Hosts.Max(host => host.StagedAt);
            string duration = last is { } end && rollout.StagingStartedAt is { } start ? $" in {(end - start).TotalSeconds:0.0} s" : "";
            log.Milestone($"staged {_staged}/{hosts}{duration}");
        }

        if (_lastPhase == RolloutPhase.Activating && rollout.HasRolledBack)
        {
            log.Milestone($"wave {rollout.WavesBegun} of {rollout.WaveCount} failed on {Hosts(rollout.FailedCount)}, and {(rollout.FailedCount > plan.FailedHostsMax ? $"{plan.FailedHostsMax} may" : "on none of it the release runs")}; every host that was switched goes back");
        }
        else if (_lastPhase == RolloutPhase.Activating && !rollout.IsCancelled)
        {
            string waves = rollout.WavesBegun > 1 ? $" in {rollout.WavesBegun} waves" : "";
            string healthy = plan.Steps.HealthUrl.Length > 0 && rollout.FailedCount == 0 ? ", all healthy" : "";
            int untouched = rollout.Hosts.Count(host => host.WasUntouched);
            string before = untouched == 0 ? "" : $"; {(untouched == hosts ? "all" : untouched)} ran it already and were left alone";
            log.Milestone($"activated {Count(HostState.Active)}/{hosts}{waves}{healthy}{before}");
        }

        if (rollout.HasRolledBack && _lastPhase < RolloutPhase.Stopping && rollout.Phase >= RolloutPhase.Stopping)
        {
            log.Milestone($"{Hosts(Count(HostState.RolledBack))} went back");
        }
    }

    private void TellWaves()
    {
        if (rollout.Phase != RolloutPhase.Activating || rollout.WavesBegun == _wavesTold)
        {
            return;
        }

        if (_wavesTold == 0)
        {
            log.Milestone($"activating {string.Join(", then ", rollout.Waves.Select(wave => wave.Count))} of {Hosts(plan.Hosts.Count)}, {Gates(plan.Steps)}");
        }

        _wavesTold = rollout.WavesBegun;
        if (rollout.WaveCount > 1)
        {
            log.Milestone($"wave {_wavesTold} of {rollout.WaveCount}: {Hosts(Count(HostState.Activating))}");
        }
    }

    private string ProgressLine()
    {
        int hosts = plan.Hosts.Count;
        if (rollout.Phase == RolloutPhase.Activating)
        {
            string wave = rollout.WaveCount > 1 ? $"wave {rollout.WavesBegun}/{rollout.WaveCount}, " : "";
            return $"{wave}active {_active}/{hosts}, failed {rollout.FailedCount}";
        }

        if (rollout.Phase == RolloutPhase.RollingBack)
        {
            return $"rolling back, {_back} done";
        }

        int percent = rollout.TotalBytes == 0 ? 0 : (int)(100 * rollout.VerifiedBytes / rollout.TotalBytes);
        return plan.Goal == RolloutGoal.Active || (_bootstrapped < hosts && _staged == 0)
            ? $"agents {_bootstrapped}/{hosts}, failed {rollout.FailedCount}"
            : $"swarm {percent}%, staged {_staged}/{hosts}, failed {rollout.FailedCount}";
    }
}
