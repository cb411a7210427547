using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>Where a rollout as a whole stands. It only goes forward.</summary>
public enum RolloutPhase
{
    /// <summary>Hosts are launched and fetch; nothing a running service can see has changed.</summary>
    Staging,

    /// <summary>Every host is staged or failed, and the failed ones are few enough: <c>current</c> is being switched.</summary>
    Activating,

    /// <summary>Agents are told to go.</summary>
    Stopping,

    Finished,
}

/// <summary>
/// One deployment's view of all hosts: a state machine without clock, thread or I/O. Tell it what happened with <see cref="Handle"/>, call
/// <see cref="HandleTimeout"/> once <see cref="NextTimeout"/> has come, and after each call take outputs until there are none. Not thread-safe.
/// <para>
/// It stages everywhere first: a host that fails is left behind and harms no other, and nothing is activated before every host is either
/// staged or failed, nor when more failed than the plan allows.
/// </para>
/// </summary>
public sealed class Rollout
{
    /// <summary>How long agents may take to say goodbye. Closing their stdin afterwards ends them all the same.</summary>
    public static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly DeploymentPlan _plan;
    private readonly HostProgress[] _hosts;
    private readonly Queue<RolloutOutput> _outputs = new();
    private int _nextToLaunch;
    private int _launching;

    public Rollout(DeploymentPlan plan)
    {
        _plan = plan;
        _hosts = [.. plan.Hosts.Select(_ => new HostProgress())];
    }

    public RolloutPhase Phase { get; private set; }

    public bool IsCancelled { get; private set; }

    /// <summary>In the order of the plan.</summary>
    public IReadOnlyList<HostProgress> Hosts => _hosts;

    /// <summary>When the first fetch was ordered.</summary>
    public Instant? StagingStartedAt { get; private set; }

    public Instant? NextTimeout { get; private set; }

    public int FailedCount => _hosts.Count(host => host.State == HostState.Failed);

    /// <summary>Every host but those that may fail has reached the goal. Final once the phase is <see cref="RolloutPhase.Finished"/>.</summary>
    public bool HasSucceeded =>
        !IsCancelled
        && FailedCount <= _plan.FailedHostsMax
        && FailedCount < _hosts.Length
        && _hosts.All(host => host.State == GoalState || host.State == HostState.Failed);

    private HostState GoalState => _plan.Goal == RolloutGoal.Staged ? HostState.Staged : HostState.Active;

    public void Handle(RolloutInput input, Instant now)
    {
        switch (input)
        {
            case RolloutInput.Started:
                break;
            case RolloutInput.PeerBanned:
                return; // the swarm deals with it; people read of it in the log
            case RolloutInput.AgentReady ready:
                OnReady(ready.Host, now);
                break;
            case RolloutInput.LaunchFailed failed:
                _launching--;
                Fail(failed.Host, failed.Failure, failed.Detail);
                break;
            case RolloutInput.Progressed progressed:
                _hosts[progressed.Host].Fetch = progressed.Progress;
                return; // by far the most frequent input, and it decides nothing
            case RolloutInput.Staged staged:
                OnStaged(staged.Host, staged.Result, now);
                break;
            case RolloutInput.Activated activated:
                OnActivated(activated.Host, activated.Previous, now);
                break;
            case RolloutInput.AgentFailed failed:
                OnAgentFailed(failed.Host, failed.Failure, failed.Detail);
                break;
            case RolloutInput.AgentLost lost:
                OnAgentGone(lost.Host, lost.Failure, lost.Detail);
                break;
            case RolloutInput.AgentLeft left:
                OnAgentGone(left.Host, HostFailure.AgentLost, "the agent left before its work was done");
                break;
            case RolloutInput.CancelRequested:
                OnCancel(now);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input, "unknown input");
        }

        Advance(now);
    }

    public void HandleTimeout(Instant now)
    {
        if (NextTimeout <= now)
        {
            Finish();
        }
    }

    public bool TryTake(out RolloutOutput? output) => _outputs.TryDequeue(out output);

    private void OnReady(int index, Instant now)
    {
        _launching--;
        HostProgress host = _hosts[index];
        host.HasAgent = true;
        host.ReadyAt = now;
        host.State = HostState.Ready;
        if (Phase >= RolloutPhase.Stopping)
        {
            Dismiss(index);
        }
        else if (_plan.Goal != RolloutGoal.Active)
        {
            host.State = HostState.Fetching;
            StagingStartedAt ??= now;
            _outputs.Enqueue(new RolloutOutput.Fetch(index));
        }
    }

    private void OnStaged(int index, AgentStaged result, Instant now)
    {
        HostProgress host = _hosts[index];
        if (host.State == HostState.Fetching)
        {
            host.State = HostState.Staged;
            host.StagedAt = now;
            host.Result = result;
        }
    }

    private void OnActivated(int index, string? previous, Instant now)
    {
        HostProgress host = _hosts[index];
        if (host.State == HostState.Activating)
        {
            host.State = HostState.Active;
            host.ActiveAt = now;
            host.PreviousRelease = previous;
        }
    }

    private void OnAgentFailed(int index, HostFailure failure, string detail)
    {
        bool isNews = Fail(index, failure, detail);
        if (isNews && Phase != RolloutPhase.Stopping)
        {
            Dismiss(index);
        }
    }

    private void OnAgentGone(int index, HostFailure failure, string detail)
    {
        HostProgress host = _hosts[index];
        host.HasAgent = false;
        if (host.State != GoalState && Phase != RolloutPhase.Stopping)
        {
            Fail(index, failure, detail);
        }
    }

    private void OnCancel(Instant now)
    {
        if (Phase is RolloutPhase.Finished || IsCancelled)
        {
            return;
        }

        IsCancelled = true;
        _outputs.Enqueue(new RolloutOutput.CancelLaunches());
        if (Phase == RolloutPhase.Stopping)
        {
            return; // everything is done, and the agents are on their way out
        }

        StopAll(now);
    }

    /// <summary>False when the host had failed before: the first reason is the one that counts.</summary>
    private bool Fail(int index, HostFailure failure, string detail)
    {
        HostProgress host = _hosts[index];
        if (host.State == HostState.Failed)
        {
            return false;
        }

        host.State = HostState.Failed;
        host.Failure = failure;
        host.Detail = detail;
        return true;
    }

    private void Advance(Instant now)
    {
        LaunchMore();
        if (Phase == RolloutPhase.Staging && _hosts.All(IsStagingSettled))
        {
            BeginActivation(now);
        }

        if (Phase == RolloutPhase.Activating && _hosts.All(host => host.State is HostState.Active or HostState.Failed))
        {
            StopAll(now);
        }

        if (Phase == RolloutPhase.Stopping && _launching == 0 && !_hosts.Any(host => host.HasAgent))
        {
            Finish();
        }
    }

    private bool IsStagingSettled(HostProgress host) =>
        host.State is HostState.Staged or HostState.Failed || (_plan.Goal == RolloutGoal.Active && host.State == HostState.Ready);

    private void LaunchMore()
    {
        while (Phase == RolloutPhase.Staging && _launching < _plan.LaunchesMax && _nextToLaunch < _hosts.Length)
        {
            _launching++;
            _hosts[_nextToLaunch].State = HostState.Bootstrapping;
            _outputs.Enqueue(new RolloutOutput.Launch(_nextToLaunch++));
        }
    }

    private void BeginActivation(Instant now)
    {
        if (_plan.Goal == RolloutGoal.Staged || FailedCount > _plan.FailedHostsMax)
        {
            StopAll(now);
            return;
        }

        Phase = RolloutPhase.Activating;
        for (int index = 0; index < _hosts.Length; index++)
        {
            if (_hosts[index].State != HostState.Failed)
            {
                _hosts[index].State = HostState.Activating;
                _outputs.Enqueue(new RolloutOutput.Activate(index));
            }
        }
    }

    private void StopAll(Instant now)
    {
        Phase = RolloutPhase.Stopping;
        NextTimeout = now + StopPatience;
        for (int index = 0; index < _hosts.Length; index++)
        {
            // A failed host's agent was dismissed when it failed.
            if (_hosts[index].HasAgent && _hosts[index].State != HostState.Failed)
            {
                Dismiss(index);
            }

            if (IsCancelled && _hosts[index].State != GoalState)
            {
                Fail(index, HostFailure.Cancelled, "the deploy was cancelled before this host was done");
            }
        }
    }

    private void Dismiss(int index) =>
        _outputs.Enqueue(IsCancelled ? new RolloutOutput.Abort(index) : new RolloutOutput.Dismiss(index));

    private void Finish()
    {
        Phase = RolloutPhase.Finished;
        NextTimeout = null;
        _outputs.Enqueue(new RolloutOutput.Finished());
    }
}
