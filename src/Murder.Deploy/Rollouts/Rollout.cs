using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>Where a rollout as a whole stands. It only goes forward.</summary>
public enum RolloutPhase
{
    /// <summary>Hosts are launched and fetch; nothing a running service can see has changed.</summary>
    Staging,

    /// <summary>Every host is staged or failed, and the failed ones are few enough: <c>current</c> is being switched, wave by wave.</summary>
    Activating,

    /// <summary>Too many hosts failed their gates: every host that was switched goes back to what it ran.</summary>
    RollingBack,

    /// <summary>Agents are told to go.</summary>
    Stopping,

    Finished,
}

/// <summary>
/// One deployment's view of all hosts: a state machine without clock, thread or I/O. Tell it what happened with <see cref="Handle"/>, call
/// <see cref="HandleTimeout"/> once <see cref="NextTimeout"/> has come, and after each call take outputs until there are none. Not thread-safe.
/// <para>
/// It stages everywhere first: a host that fails is left behind and harms no other, and nothing is activated before every host is either
/// staged (or, when it is staged already, locked) or failed, nor when more failed than the plan allows. Then it activates in waves (Rollout.Activation.cs).
/// </para>
/// </summary>
public sealed partial class Rollout
{
    /// <summary>
    /// How long agents may take to say goodbye: as long as they take to clean up (removing a large half-written release), and a little more for
    /// the way. Closing their stdin afterwards ends them all the same.
    /// </summary>
    public static readonly TimeSpan StopPatience = AgentProtocol.LeaveMax + TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a fetch may make no headway: no piece verified, no byte arrived, nothing checked or synced. The agent gives up by itself when
    /// the swarm brings nothing for a minute; this is for what it cannot leave, a call into a disk that hangs. The longest call that is no fault
    /// is one sync of a file system with 100,000 files: some ten minutes on a busy hard disk.
    /// </summary>
    public static readonly TimeSpan HeadwayPatience = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long an activation may make no headway: a rename, and a sync of one folder behind whatever else the disk has to do. While a hook or a
    /// health check takes its time, the agent says so.
    /// </summary>
    public static readonly TimeSpan ActivationPatience = TimeSpan.FromMinutes(5);

    /// <summary>How long hosts that are going back may go on when the deploy is cancelled: whoever sends the signal soon sends one that cannot be refused.</summary>
    public static readonly TimeSpan WayBackPatience = TimeSpan.FromSeconds(30);

    /// <summary>How often hosts are looked at for those that are overdue. One timer for all: with one a host, each of its signs of life would move it.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private readonly DeploymentPlan _plan;
    private readonly HostProgress[] _hosts;
    private readonly Queue<RolloutOutput> _outputs = new();
    private int _nextToLaunch;
    private int _launching;
    private Instant? _lookAt; // set while any host has an order to carry out
    private Instant? _stopBy; // set when a rollout that is going back was cancelled
    private Instant? _stopAt; // set while agents are leaving

    public Rollout(DeploymentPlan plan)
    {
        _plan = plan;
        _hosts = [.. plan.Hosts.Select(_ => new HostProgress())];
    }

    public RolloutPhase Phase { get; private set; }

    public bool IsCancelled { get; private set; }

    /// <summary>
    /// Another deploy holds a host. Then this one ends at once, whatever may fail: two releases on their way to one fleet is what nobody wants, and
    /// the other may be waiting for the hosts that this one holds.
    /// </summary>
    public bool IsLockedOut { get; private set; }

    /// <summary>The seeder was gone before every host was staged. What hosts hold of the release they keep, for the next run.</summary>
    public bool IsSeederLost { get; private set; }

    /// <summary>In the order of the plan.</summary>
    public IReadOnlyList<HostProgress> Hosts => _hosts;

    /// <summary>When the first fetch was ordered.</summary>
    public Instant? StagingStartedAt { get; private set; }

    public Instant? NextTimeout => _stopAt ?? (_stopBy < _lookAt ? _stopBy : _lookAt ?? _stopBy);

    public int FailedCount { get; private set; }

    /// <summary>Bytes of payload that hosts have verified, of <see cref="TotalBytes"/>; of those hosts that fetch.</summary>
    public long VerifiedBytes { get; private set; }

    public long TotalBytes { get; private set; }

    /// <summary>Every host but those that may fail has reached the goal. Final once the phase is <see cref="RolloutPhase.Finished"/>.</summary>
    public bool HasSucceeded =>
        !IsLockedOut
        && !_hosts.Any(host => host.Failure == HostFailure.Cancelled)
        && FailedCount <= _plan.FailedHostsMax
        && FailedCount < _hosts.Length
        && _hosts.All(host => host.State == GoalState || host.HasFailed);

    private HostState GoalState => _plan.Goal == RolloutGoal.Staged ? HostState.Staged : HostState.Active;

    public void Handle(RolloutInput input, Instant now)
    {
        switch (input)
        {
            case RolloutInput.Started:
                break;
            case RolloutInput.PeerBanned:
                return; // the swarm deals with it; people read of it in the log
            case RolloutInput.NotPruned:
                return; // the release runs, and people read of it in the log
            case RolloutInput.LookedAt:
                return;
            case RolloutInput.AgentReady ready:
                OnReady(ready, now);
                break;
            case RolloutInput.LaunchFailed failed:
                _launching--;
                Fail(failed.Host, failed.Failure, failed.Detail, now);
                break;
            case RolloutInput.Progressed progressed:
                OnProgressed(_hosts[progressed.Host], progressed.Progress, now);
                return; // by far the most frequent input, and it decides nothing
            case RolloutInput.Working working:
                _hosts[working.Host].Work = working.Work;
                _hosts[working.Host].HeadwayAt = now;
                return;
            case RolloutInput.Locked locked:
                OnLocked(_hosts[locked.Host]);
                break;
            case RolloutInput.Staged staged:
                OnStaged(staged.Host, staged.Result, now);
                break;
            case RolloutInput.Switched switched:
                OnSwitched(_hosts[switched.Host], switched, now);
                break;
            case RolloutInput.Activated activated:
                OnActivated(_hosts[activated.Host], activated.WasDone, now);
                break;
            case RolloutInput.AgentFailed failed:
                OnAgentFailed(failed.Host, failed.Failure, failed.Detail, now);
                break;
            case RolloutInput.AgentLost lost:
                OnAgentGone(lost.Host, lost.Failure, lost.Detail, now);
                break;
            case RolloutInput.AgentLeft left:
                OnAgentGone(left.Host, HostFailure.AgentLost, "the agent left before its work was done", now);
                break;
            case RolloutInput.SeederLost:
                OnSeederLost(now);
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
        if (_stopAt <= now)
        {
            Finish();
        }
        else if (_stopAt is null && _stopBy <= now)
        {
            StopAll(now);
        }
        else if (_lookAt <= now)
        {
            Look(now);
        }
    }

    public bool TryTake(out RolloutOutput? output) => _outputs.TryDequeue(out output);

    private void OnReady(RolloutInput.AgentReady ready, Instant now)
    {
        _launching--;
        int index = ready.Host;
        HostProgress host = _hosts[index];
        host.HasAgent = true;
        host.ReadyAt = now;
        host.LinkBitsPerSecond = ready.LinkBitsPerSecond;
        if (Phase >= RolloutPhase.Stopping)
        {
            Dismiss(index); // it came too late, and counts as cancelled already
        }
        else if (_plan.Goal == RolloutGoal.Active)
        {
            host.State = HostState.Locking;
            _outputs.Enqueue(new RolloutOutput.Lock(index));
            Expect(host, now);
        }
        else
        {
            host.State = HostState.Fetching;
            StagingStartedAt ??= now;
            _outputs.Enqueue(new RolloutOutput.Fetch(index));
            Expect(host, now);
        }
    }

    private static void OnLocked(HostProgress host)
    {
        if (host.State == HostState.Locking)
        {
            host.State = HostState.Ready;
        }
    }

    private void OnProgressed(HostProgress host, AgentProgress progress, Instant now)
    {
        AgentProgress? before = host.Fetch;
        host.Fetch = progress;
        VerifiedBytes += progress.VerifiedBytes - (before?.VerifiedBytes ?? 0);
        TotalBytes += progress.TotalBytes - (before?.TotalBytes ?? 0);
        if (before is null || progress.VerifiedBytes != before.VerifiedBytes || progress.DownloadedBytes != before.DownloadedBytes)
        {
            host.Work = null;
            host.HeadwayAt = now;
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

    private void OnAgentGone(int index, HostFailure failure, string detail, Instant now)
    {
        HostProgress host = _hosts[index];
        host.HasAgent = false;
        if (host.State != GoalState && host.State != HostState.RolledBack && Phase != RolloutPhase.Stopping)
        {
            Fail(index, failure, detail, now);
        }
    }

    private void OnCancel(Instant now)
    {
        if (Phase >= RolloutPhase.Stopping)
        {
            return; // everything is done, and the agents are on their way out
        }

        IsCancelled = true;
        _outputs.Enqueue(new RolloutOutput.CancelLaunches());
        if (Phase == RolloutPhase.RollingBack)
        {
            _stopBy ??= now + WayBackPatience; // half a way back is the worst end of all
            return;
        }

        StopAll(now);
    }

    private void OnSeederLost(Instant now)
    {
        if (Phase == RolloutPhase.Staging)
        {
            IsSeederLost = true;
            _outputs.Enqueue(new RolloutOutput.CancelLaunches());
            StopAll(now);
        }
    }

    /// <summary>When the host had failed before, the first reason is the one that counts; that it could not go back is said beside it.</summary>
    private void Fail(int index, HostFailure failure, string detail, Instant now)
    {
        HostProgress host = _hosts[index];
        string what = host.State == HostState.RollingBack ? $"it could not be taken back: {detail}" : detail;
        if (host.HasFailed)
        {
            host.Detail += host.State == HostState.RollingBack ? $"; and {what}" : "";
        }
        else
        {
            FailedCount++;
            host.FailedAt = now;
            host.Failure = failure;
            host.Detail = what;
        }

        host.State = HostState.Failed;
    }

    private void Advance(Instant now)
    {
        LaunchMore(now);
        if (Phase == RolloutPhase.Staging && _hosts.All(IsStagingSettled))
        {
            BeginActivation(now);
        }

        if (Phase is RolloutPhase.Activating or RolloutPhase.RollingBack && !IsAnySwitching)
        {
            EndWave(now);
        }

        if (Phase == RolloutPhase.Stopping && _launching == 0 && !_hosts.Any(host => host.HasAgent))
        {
            Finish();
        }
    }

    private static bool IsStagingSettled(HostProgress host) =>
        host.State is HostState.Staged or HostState.Ready or HostState.Failed;

    private void LaunchMore(Instant now)
    {
        while (Phase == RolloutPhase.Staging && _launching < _plan.LaunchesMax && _nextToLaunch < _hosts.Length)
        {
            _launching++;
            _hosts[_nextToLaunch].State = HostState.Bootstrapping;
            _hosts[_nextToLaunch].LaunchedAt = now;
            _outputs.Enqueue(new RolloutOutput.Launch(_nextToLaunch++));
        }
    }

    private void BeginActivation(Instant now)
    {
        if (_plan.Goal == RolloutGoal.Staged || IsBudgetSpent || FailedCount == _hosts.Length)
        {
            StopAll(now);
            return;
        }

        Phase = RolloutPhase.Activating;
        PlanWaves();
        BeginWave(now);
    }

    private void StopAll(Instant now)
    {
        Phase = RolloutPhase.Stopping;
        _stopAt = now + StopPatience;
        for (int index = 0; index < _hosts.Length; index++)
        {
            if (_hosts[index].HasAgent && !_hosts[index].IsDismissed)
            {
                Dismiss(index);
            }

            if ((IsCancelled || IsLockedOut || IsSeederLost) && _hosts[index].State != GoalState && _hosts[index].State != HostState.RolledBack)
            {
                Fail(index, HostFailure.Cancelled, _hosts[index] switch
                {
                    _ when IsLockedOut => "the deploy ended when it met a host that another deploy holds",
                    _ when IsSeederLost => "the deploy ended when its seeder did",
                    { WasSettled: true } => "the deploy was cancelled while the steps of this host's activation were repeated",
                    { IsSwitched: true } => "the deploy was cancelled while this host was being activated: it was switched to the new release, and is not known to be healthy",
                    { IsActivationOrdered: true } => "the deploy was cancelled while this host was being activated, and it did not say what it runs now",
                    _ => "the deploy was cancelled before this host was done",
                }, now);
            }
        }
    }

    /// <summary>The host has an order from now on, and is looked at until it has carried it out.</summary>
    private void Expect(HostProgress host, Instant now)
    {
        host.HeadwayAt = now;
        _lookAt ??= now + LookInterval;
    }

    private void Look(Instant now)
    {
        _lookAt = null;
        for (int index = 0; index < _hosts.Length; index++)
        {
            HostProgress host = _hosts[index];
            TimeSpan quiet = now - host.HeadwayAt;
            if (host.State is HostState.Fetching or HostState.Locking && quiet >= HeadwayPatience)
            {
                GiveUp(index, HostFailure.StagingTimedOut, $"nothing got on for {HeadwayPatience.TotalMinutes:0} minutes while the agent {DoingOf(host)}", now);
            }
            else if (host.State is HostState.Activating or HostState.RollingBack && quiet >= ActivationPatience)
            {
                GiveUp(index, HostFailure.ActivationTimedOut, $"the agent said nothing of it for {ActivationPatience.TotalMinutes:0} minutes", now);
            }
            else if (host.State is HostState.Fetching or HostState.Locking or HostState.Activating or HostState.RollingBack)
            {
                _lookAt = now + LookInterval;
            }
        }

        Advance(now);
    }

    private static string DoingOf(HostProgress host) => host.Work?.Work switch
    {
        AgentWork.Copying => "copied a release of the same content",
        AgentWork.Checking => "checked what lies on its disk",
        AgentWork.Syncing => "synced the release to its disk",
        AgentWork.Activating => "carried out the steps of its activation",
        _ when host.State == HostState.Locking => "took the host's lock",
        _ => "fetched",
    };

    private void GiveUp(int index, HostFailure failure, string detail, Instant now)
    {
        Fail(index, failure, detail, now);
        Dismiss(index);
    }

    private void Dismiss(int index)
    {
        _hosts[index].IsDismissed = true;
        bool prunes = Phase == RolloutPhase.Stopping && _plan.Goal == RolloutGoal.StagedAndActive && HasSucceeded;
        _outputs.Enqueue(IsCancelled ? new RolloutOutput.Abort(index) : new RolloutOutput.Dismiss(index, prunes));
    }

    private void Finish()
    {
        Phase = RolloutPhase.Finished;
        _lookAt = _stopBy = _stopAt = null;
        _outputs.Enqueue(new RolloutOutput.Finished());
    }
}
