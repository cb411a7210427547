using System.Threading.Channels;
using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>
/// Carries out what a <see cref="Rollout"/> orders. One loop owns the rollout; one task a host launches its agent and then reads what it
/// says. Holds no decision: every failure becomes an input.
/// </summary>
/// <param name="access">to the swarm; null for a rollout that fetches nothing</param>
/// <param name="observe">called on the loop after every input</param>
/// <param name="origin">timestamp of the start of the deploy, from which the instants are counted: what came before the rollout took its time too</param>
internal sealed class RolloutDriver(
    DeploymentPlan plan,
    Rollout rollout,
    IAgentLauncher launcher,
    ISwarmAccess? access,
    Action<RolloutInput> observe,
    TimeProvider time,
    long origin)
{
    /// <summary>An agent waits for one answer at a time: one that asks on without listening is not answered.</summary>
    private const int AnswersWaitingMax = 8;

    // Inputs are few and small (a progress line a host twice a second), and the loop never waits for a host.
    private readonly Channel<RolloutInput> _inputs = Channel.CreateUnbounded<RolloutInput>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HostLink?[] _links = new HostLink?[plan.Hosts.Count];
    private readonly List<Task> _hostTasks = [];

    /// <summary>The driver's clock, which the rollout's instants are on.</summary>
    public Instant Now => InstantOf(time.GetTimestamp());

    /// <summary>A timestamp of the same time provider on this clock: so that what others saw stands in one report with what the hosts said.</summary>
    public Instant InstantOf(long timestamp) => new(time.GetElapsedTime(origin, timestamp).Ticks);

    /// <summary>Has <c>observe</c> called soon, on the loop: the rollout may be read there only. From any thread; after the end it does nothing.</summary>
    public void Look() => Post(new RolloutInput.LookedAt());

    /// <summary>From any thread; after the end it does nothing.</summary>
    public void SeederLost() => Post(new RolloutInput.SeederLost());

    /// <summary>Runs the rollout to its end, whatever happens on the hosts; cancellation makes the end come soon and in order.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource launches = new();
        using CancellationTokenSource links = new();
        try
        {
            await using (cancellationToken.Register(() => _inputs.Writer.TryWrite(new RolloutInput.CancelRequested())).ConfigureAwait(false))
            {
                _inputs.Writer.TryWrite(new RolloutInput.Started());
                await LoopAsync(launches, links.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            await launches.CancelAsync().ConfigureAwait(false);
            await links.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_hostTasks).ConfigureAwait(false);
        }
    }

    private async Task LoopAsync(CancellationTokenSource launches, CancellationToken linksToken)
    {
        while (rollout.Phase != RolloutPhase.Finished)
        {
            if (await WaitForInputAsync().ConfigureAwait(false))
            {
                while (_inputs.Reader.TryRead(out RolloutInput? input))
                {
                    rollout.Handle(input, Now);
                    observe(input);
                }
            }

            rollout.HandleTimeout(Now);
            while (rollout.TryTake(out RolloutOutput? output))
            {
                await CarryOutAsync(output!, launches, linksToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>False when the rollout's timeout came first.</summary>
    private async Task<bool> WaitForInputAsync()
    {
        Task<bool> input = _inputs.Reader.WaitToReadAsync().AsTask();
        if (rollout.NextTimeout is not { } deadline)
        {
            return await input.ConfigureAwait(false);
        }

        TimeSpan wait = deadline - Now;
        try
        {
            return await input.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false; // expected: the deadline is what we wait for
        }
    }

    private async Task CarryOutAsync(RolloutOutput output, CancellationTokenSource launches, CancellationToken linksToken)
    {
        switch (output)
        {
            case RolloutOutput.Launch launch:
                _hostTasks.Add(Task.Run(() => RunHostAsync(launch.Host, launches.Token, linksToken), CancellationToken.None));
                break;
            case RolloutOutput.Fetch fetch:
                _links[fetch.Host]!.Send(() => access!.MakeFetch(fetch.Host, _links[fetch.Host]!.Channel.Hello)); // when the host is prepared
                break;
            case RolloutOutput.Lock locks:
                _links[locks.Host]!.Send(MakeLock(locks.Host));
                break;
            case RolloutOutput.Activate activate:
                _links[activate.Host]!.Send(MakeActivate(activate.Host, plan.Release) with { IsRollback = plan.IsRollback });
                break;
            case RolloutOutput.RollBack back:
                // The undoing of a way back is an activation again, for the hosts' history.
                bool isRollback = !plan.IsRollback || back.Release is null;
                _links[back.Host]!.Send(MakeActivate(back.Host, back.Release) with { IsRollback = isRollback });
                break;
            case RolloutOutput.Dismiss dismiss:
                _links[dismiss.Host]!.Send(new StopCommand { KeepReleases = dismiss.Prunes ? plan.KeepReleases : null });
                break;
            case RolloutOutput.Abort abort:
                _links[abort.Host]!.Send(new AbortCommand());
                break;
            case RolloutOutput.CancelLaunches:
                await launches.CancelAsync().ConfigureAwait(false);
                break;
            case RolloutOutput.Finished:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(output), output, "unknown output");
        }
    }

    private LockCommand MakeLock(int host) => new(plan.Hosts[host].Root, plan.Release)
    {
        Shared = plan.IsRollback ? SharedPaths.None : plan.Shared,
        DeployedBy = plan.DeployedBy,
        DeployStartedAt = plan.StartedAt,
        BreaksLock = plan.BreaksLock,
    };

    private ActivateCommand MakeActivate(int host, ReleaseId? release) =>
        new(plan.Hosts[host].Root, release, plan.DeployedBy) { DeployStartedAt = plan.StartedAt, Application = plan.Application, Shared = plan.Shared, Steps = plan.Steps };

    private async Task RunHostAsync(int host, CancellationToken launchToken, CancellationToken linkToken)
    {
        AgentChannel channel;
        try
        {
            channel = await launcher.LaunchAsync(plan.Hosts[host], launchToken).ConfigureAwait(false);
        }
        catch (HostException e)
        {
            Post(new RolloutInput.LaunchFailed(host, e.Failure, e.Message));
            return;
        }
        catch (OperationCanceledException)
        {
            Post(new RolloutInput.LaunchFailed(host, HostFailure.Cancelled, "the deploy was cancelled before this host was reached"));
            return;
        }
        catch (Exception e) // a bug of ours on one host must not take the others along; it is reported as one
        {
            Post(new RolloutInput.LaunchFailed(host, HostFailure.Bug, e.ToString()));
            return;
        }

        await using (channel.ConfigureAwait(false))
        {
            await using HostLink link = new(channel);
            _links[host] = link;
            Post(new RolloutInput.AgentReady(host, channel.Hello.LinkBitsPerSecond));
            Post(await ListenAsync(host, link, linkToken).ConfigureAwait(false));
        }
    }

    /// <summary>As below, or says why the agent cannot be spoken to.</summary>
    private async Task<RolloutInput> ListenAsync(int host, HostLink link, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<RolloutInput> listening = HearAsync(host, link, end.Token);
        if (await Task.WhenAny(listening, link.Broken).ConfigureAwait(false) == listening)
        {
            return await listening.ConfigureAwait(false);
        }

        HostException broken = await link.Broken.ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await listening.ConfigureAwait(false);
        return new RolloutInput.AgentLost(host, broken.Failure, broken.Message);
    }

    /// <summary>Prepares the host, has its commands sent, and posts what the agent says until it leaves; returns how it left.</summary>
    private async Task<RolloutInput> HearAsync(int host, HostLink link, CancellationToken cancellationToken)
    {
        try
        {
            await (access?.PrepareAsync(host, link.Channel, cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
            link.Begin();
            while (true)
            {
                switch (await link.Channel.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    case AgentProgress progress:
                        Post(new RolloutInput.Progressed(host, progress));
                        break;
                    case AgentAnnounce announce when access is not null && link.Waiting < AnswersWaitingMax:
                        link.Send(access.Answer(host, link.Channel.Hello, announce));
                        break;
                    case AgentWorking working:
                        Post(new RolloutInput.Working(host, working));
                        break;
                    case AgentStaged staged:
                        Post(new RolloutInput.Staged(host, staged));
                        break;
                    case AgentLocked:
                        Post(new RolloutInput.Locked(host));
                        break;
                    case AgentSwitched switched:
                        Post(new RolloutInput.Switched(host, switched.Previous, switched.WasActive, switched.WasSettled));
                        break;
                    case AgentActivated activated:
                        Post(new RolloutInput.Activated(host, activated.WasDone));
                        break;
                    case AgentFailed failed:
                        Post(new RolloutInput.AgentFailed(host, failed.Failure, access?.Explain(host, failed) ?? failed.Detail));
                        break;
                    case AgentPeerBanned banned:
                        Post(new RolloutInput.PeerBanned(host, banned.Endpoint, banned.Detail));
                        break;
                    case AgentNotPruned notPruned:
                        Post(new RolloutInput.NotPruned(host, notPruned.Detail));
                        break;
                    case AgentBye:
                        return new RolloutInput.AgentLeft(host);
                }
            }
        }
        catch (HostException e)
        {
            return new RolloutInput.AgentLost(host, e.Failure, e.Message);
        }
        catch (OperationCanceledException)
        {
            return new RolloutInput.AgentLeft(host); // the rollout is over, or its patience was
        }
        catch (Exception e) // as above: reported as a bug, on this host only
        {
            return new RolloutInput.AgentLost(host, HostFailure.Bug, e.ToString());
        }
    }

    private void Post(RolloutInput input) => _inputs.Writer.TryWrite(input);
}
