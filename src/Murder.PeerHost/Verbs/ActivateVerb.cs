using System.Runtime.CompilerServices;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>
/// Makes a staged release the active one: its links to what releases share, the step before, the switch, the steps after. What is done up to the first that fails stays done;
/// the deployer decides what follows. A release that is active, whose steps were all done, whose service runs and which is healthy, is left alone.
/// </summary>
internal sealed class ActivateVerb(ActivateCommand command, IEventSink events, LoginEnvironment login, ActivationOptions options, Action<string> warn, TimeProvider time, FileSteps files)
{
    private readonly ReleaseStore _releases = ReleaseStore.At(command.Root, warn, time, files);

    private SharedLinks Shared => new(_releases, command.Shared);

    /// <summary>Says <see cref="AgentSwitched"/> and that it is at work.</summary>
    /// <param name="held">the lock of the root, when this agent holds it already</param>
    /// <exception cref="VerbException"/>
    /// <exception cref="OperationCanceledException">no process of a step is left</exception>
    public async Task<AgentActivated> RunAsync(ReleaseLock? held, CancellationToken cancellationToken)
    {
        RequireStaged(); // before the lock, which would make folders below a root that is not there
        using StepRunner steps = new(command, _releases.Layout, login, options, time);
        using ReleaseLock? taken = held is null ? await _releases.TakeLockAsync(command, cancellationToken).ConfigureAwait(false) : null;
        RequireStaged();
        string? current = _releases.Current();
        if (current != command.Release?.Value)
        {
            await CarryOutAsync(steps, new AgentSwitched(command.Release, current), cancellationToken).ConfigureAwait(false);
            return new AgentActivated(command.Release);
        }

        ActivationHistory history = _releases.ReadHistory();
        bool isSettled = command.Release is { } release && history.Settled == release.Value;
        AgentSwitched switched = new(command.Release, _releases.PreviousOf(history), WasActive: true, WasSettled: isSettled);
        bool isDone = isSettled && history.SettledSteps == StepsDigest.Of(command.Steps) && await IsAliveAsync(steps, cancellationToken).ConfigureAwait(false);
        if (isDone)
        {
            events.Send(switched);
        }
        else
        {
            await CarryOutAsync(steps, switched, cancellationToken).ConfigureAwait(false);
        }

        return new AgentActivated(command.Release, WasDone: isDone);
    }

    private async Task<bool> IsAliveAsync(StepRunner steps, CancellationToken cancellationToken)
    {
        if (!command.IsRollback && !Shared.AreMade(command.Release!.Value))
        {
            return false;
        }

        await using ConfiguredAsyncDisposable beat = Beat();
        return await steps.IsAliveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// For what the release's own commands may take their time over, and for nothing else: a disk that hangs in a rename or a sync is told by the
    /// silence.
    /// </summary>
    private ConfiguredAsyncDisposable Beat() => new ActivationBeat(events, options, time).ConfigureAwait(false);

    private void RequireStaged()
    {
        if (command.Release is { } release)
        {
            _releases.RequireStaged(release);
        }
        else if (!command.IsRollback)
        {
            throw new VerbException(HostFailure.ProtocolMismatch, "an activation that is no rollback names no release");
        }
    }

    /// <summary>Writes down the switch when it is done, and whatever fails.</summary>
    /// <param name="switched">what is to be said when <c>current</c> points to the release</param>
    private async Task CarryOutAsync(StepRunner steps, AgentSwitched switched, CancellationToken cancellationToken)
    {
        string? previous = switched.Previous;
        try
        {
            MakeLinks();
            await using (Beat())
            {
                await steps.RunBeforeSwitchAsync(previous, cancellationToken).ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (switched.WasActive)
            {
                _releases.SyncCurrent();
            }
            else
            {
                Switch(previous);
            }

            events.Send(switched);
            await using (Beat())
            {
                await steps.RunAfterSwitchAsync(previous, cancellationToken).ConfigureAwait(false);
            }

            if (switched.WasActive || !command.Steps.IsNone)
            {
                Audit(previous, AuditEntry.Ok);
            }
        }
        catch (VerbException e)
        {
            Audit(previous, $"{e.Failure}: {e.Message}");
            throw;
        }
        catch (OperationCanceledException)
        {
            Audit(previous, $"{HostFailure.Cancelled}: the deploy ended before the steps did");
            throw;
        }
    }

    private void MakeLinks()
    {
        if (command.Release is not { } release || command.IsRollback)
        {
            return;
        }

        try
        {
            Shared.Make(release);
        }
        catch (Exception e) when (VerbException.FromStorage(e) is { } failure)
        {
            throw failure;
        }
    }

    private void Switch(string? previous)
    {
        Audit(previous, AuditEntry.Switching); // after a crash, this and current together tell what had been active
        try
        {
            Switch();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_releases.Current() == command.Release?.Value)
            {
                events.Send(new AgentSwitched(command.Release, previous)); // only that it will outlive a crash is not sure
            }

            throw new VerbException(HostFailure.ActivationFailed, $"{_releases.Layout.Current} could not be switched: {e.Message}", e);
        }

        Audit(previous, command.Steps.IsNone ? AuditEntry.Ok : AuditEntry.Switched);
    }

    private void Switch()
    {
        if (command.Release is { } release)
        {
            _releases.SwapCurrent(release);
        }
        else
        {
            _releases.RemoveCurrent();
        }
    }

    private void Audit(string? previous, string result) =>
        _releases.Audit(command.IsRollback ? AuditEntry.Rollback : AuditEntry.Activate, command.Release, previous, command.DeployedBy, result, result == AuditEntry.Ok ? StepsDigest.Of(command.Steps) : null);
}
