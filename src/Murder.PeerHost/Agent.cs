using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>
/// The life of an agent: hello, one command after the other, and a clean end for whatever reason. At most one fetch is in the swarm at a
/// time, at most one publish folder is seeded, and at most one root is locked for a release that is there already; activation and status go on meanwhile.
/// </summary>
internal sealed class Agent(ControlChannel channel, Ending ending, LoginEnvironment login, FetchOptions options, Action<string> warn, TimeProvider time, FileSteps steps) : IAsyncDisposable
{
    /// <summary>A deployer that is gone waits for nothing: the process is to be gone within five seconds.</summary>
    private static readonly TimeSpan LeaveAloneMax = TimeSpan.FromSeconds(4);

    private FetchVerb? _fetch;
    private LockVerb? _lock;
    private SeedVerb? _seed;
    private SurveyVerb? _survey;
    private OfferVerb? _offer;

    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        channel.Send(AgentIdentity.Hello(login));
        channel.Listen();
        Task commands = CarryOutAllAsync();
        await Task.WhenAny(commands, ending.Reason).ConfigureAwait(false);
        if (commands.IsFaulted)
        {
            await commands.ConfigureAwait(false);
        }

        EndReason reason = await ending.Reason.ConfigureAwait(false);
        TimeSpan leaveMax = reason == EndReason.DeployerGone ? LeaveAloneMax : AgentProtocol.LeaveMax;
        try
        {
            await LeaveAsync(commands, reason).WaitAsync(leaveMax, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A disk or a pipe that hangs. The lock goes with the process, and what is half-written is checked by the next fetch.
            warn($"not everything was cleaned up within {leaveMax.TotalSeconds} s");
            _fetch = null;
            _seed = null;
        }

        if (reason == EndReason.DeployerGone)
        {
            return ExitCode.DeployerGone;
        }

        channel.Send(new AgentBye());
        return ExitCode.Done;
    }

    /// <summary>Leaves the swarm, if <see cref="RunAsync"/> did not end by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndFetchAsync().ConfigureAwait(false);
        await EndSeedAsync().ConfigureAwait(false);
        EndLock();
        _survey?.Dispose();
        await EndOfferAsync().ConfigureAwait(false);
    }

    private async Task LeaveAsync(Task commands, EndReason reason)
    {
        await commands.ConfigureAwait(false);
        if (reason == EndReason.Abort)
        {
            _fetch?.DiscardUnfinished();
        }

        if (reason == EndReason.Stop && channel.KeepReleases is { } keep && _fetch is { } fetch)
        {
            await PruneAsync(fetch, keep).ConfigureAwait(false);
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Nobody waits long for what is to go: the deploy has come to its good end.</summary>
    private async Task PruneAsync(FetchVerb fetch, int keep)
    {
        string? reason;
        try
        {
            reason = await Task.Run(() => fetch.Prune(keep)).WaitAsync(AgentProtocol.PruneMax, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A disk that is slow or hangs. The process ends in the middle of it, as it may anywhere; the lock goes with it, and not before.
            _fetch = null;
            reason = $"it was not done within {AgentProtocol.PruneMax.TotalSeconds:0} s";
        }

        if (reason is not null)
        {
            channel.Send(new AgentNotPruned(reason));
        }
    }

    private async Task CarryOutAllAsync()
    {
        try
        {
            await foreach (AgentCommand command in channel.Commands.ReadAllAsync(ending.Token).ConfigureAwait(false))
            {
                await CarryOutAsync(command).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.Token.IsCancellationRequested)
        {
            // Expected: this is how it ends.
        }
    }

    private async Task CarryOutAsync(AgentCommand command)
    {
        try
        {
            switch (command)
            {
                case FetchCommand fetch:
                    await FetchAsync(fetch).ConfigureAwait(false);
                    break;
                case SeedCommand seed:
                    await SeedAsync(seed).ConfigureAwait(false);
                    break;
                case MeetCommand meet:
                    await MeetAsync(meet).ConfigureAwait(false);
                    break;
                case LockCommand takeLock:
                    await LockAsync(takeLock).ConfigureAwait(false);
                    break;
                case ActivateCommand activate:
                    await ActivateAsync(activate).ConfigureAwait(false);
                    break;
                case StatusCommand status:
                    channel.Send(await StatusVerb.RunAsync(status, HeldLock(status.Root), channel, options, warn, time, ending.Token).ConfigureAwait(false));
                    break;
                case SurveyCommand survey:
                    _survey?.Dispose();
                    _survey = new SurveyVerb(survey, channel, login, options, warn, time);
                    channel.Send(await _survey.RunAsync(ending.Token).ConfigureAwait(false));
                    break;
                case ReachCommand reach:
                    channel.Send(await ReachVerb.RunAsync(reach, ending.Token).ConfigureAwait(false));
                    break;
                case OfferCommand offer:
                    await EndOfferAsync().ConfigureAwait(false);
                    _offer = new OfferVerb(offer, AgentIdentity.File, AgentIdentity.HostAddress, OfferOptions.Default, time);
                    channel.Send(new AgentOffered(_offer.Port));
                    break;
                case PruneCommand prune:
                    channel.Send(await PruneVerb.RunAsync(prune, HeldLock(prune.Root), warn, time, steps, ending.Token).ConfigureAwait(false));
                    break;
                default:
                    throw new InvalidOperationException($"no verb for {command.GetType().Name}");
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !ending.Token.IsCancellationRequested)
        {
            channel.Send(VerbException.Describe(e, warn));
        }
    }

    private async Task LockAsync(LockCommand command)
    {
        EndLock();
        _lock = new LockVerb(command, warn, time, steps);
        try
        {
            channel.Send(await _lock.TakeAsync(ending.Token).ConfigureAwait(false));
        }
        catch
        {
            EndLock();
            throw;
        }
    }

    private void EndLock()
    {
        _lock?.Dispose();
        _lock = null;
    }

    private async Task ActivateAsync(ActivateCommand command)
    {
        ActivateVerb verb = new(command, channel, login, ActivationOptions.Default, warn, time, steps);
        channel.Send(await verb.RunAsync(HeldLock(command.Root), ending.Token).ConfigureAwait(false));
    }

    private async Task FetchAsync(FetchCommand command)
    {
        await EndFetchAsync().ConfigureAwait(false);
        _fetch = new FetchVerb(command, channel, new ChannelAnnouncer(channel, channel.Announced, time), options, warn, time, steps);
        try
        {
            await _fetch.StageAsync(ending.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ending.Token.IsCancellationRequested)
        {
            // Before the deployer is told: it may try again at once, and then the lock must be free.
            await EndFetchAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task EndFetchAsync()
    {
        if (_fetch is { } fetch)
        {
            _fetch = null;
            await fetch.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task EndOfferAsync()
    {
        if (_offer is { } offer)
        {
            _offer = null;
            await offer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task SeedAsync(SeedCommand command)
    {
        await EndSeedAsync().ConfigureAwait(false);
        _seed = new SeedVerb(command, channel, options, warn, time);
        try
        {
            _seed.Start();
        }
        catch
        {
            await EndSeedAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task MeetAsync(MeetCommand command)
    {
        if (_seed is not { } seed)
        {
            throw new VerbException(HostFailure.ProtocolMismatch, "nothing is seeded that peers could be met for");
        }

        await seed.MeetAsync(command).ConfigureAwait(false);
    }

    private async Task EndSeedAsync()
    {
        if (_seed is { } seed)
        {
            _seed = null;
            await seed.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ReleaseLock? HeldLock(string root) => _fetch?.LockOf(root) ?? _lock?.LockOf(root);
}
