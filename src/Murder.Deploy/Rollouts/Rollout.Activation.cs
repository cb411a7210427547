using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>
/// Activation in waves. A wave's hosts are switched together; the next begins when each of them is active, by its own gates, or has failed. A host
/// that fails after it was switched goes back to what it ran, and when more have failed than may, or all of the first wave has, so does every other that was switched. A host that
/// ran the very release in good order before stays at it, whatever its gates say now. With <see cref="FailurePolicy.Stop"/> nothing goes back.
/// </summary>
public sealed partial class Rollout
{
    /// <summary>Places in the plan of the hosts that are activated together, wave after wave; empty before the activation.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Waves { get; private set; } = [];

    /// <summary>Waves that were begun.</summary>
    public int WavesBegun { get; private set; }

    /// <summary>Of those hosts that were there to be activated; 0 before the activation.</summary>
    public int WaveCount => Waves.Count;

    /// <summary>Too many failed, and every host that was switched was ordered back.</summary>
    public bool HasRolledBack { get; private set; }

    private bool IsAnySwitching => _hosts.Any(host => host.State is HostState.Activating or HostState.RollingBack);

    private bool IsBudgetSpent => FailedCount > _plan.FailedHostsMax;

    /// <summary>A wave is over, and not one host is active: whatever may fail, nobody has shown that the release runs at all.</summary>
    private bool IsUnproven => WavesBegun > 0 && !_hosts.Any(host => host.State == HostState.Active);

    private void PlanWaves() => Waves = WavePlanner.Plan(
        [.. Enumerable.Range(0, _hosts.Length).Where(index => !_hosts[index].HasFailed).Select(index => (index, _plan.Hosts[index].Zone))],
        _plan.Waves);

    private void BeginWave(Instant now)
    {
        foreach (int index in Waves[WavesBegun++])
        {
            HostProgress host = _hosts[index];
            if (host.HasFailed)
            {
                continue; // its agent was lost while earlier waves were activated
            }

            host.State = HostState.Activating;
            host.Wave = WavesBegun;
            host.IsActivationOrdered = true;
            host.ActivationOrderedAt = now;
            _outputs.Enqueue(new RolloutOutput.Activate(index));
            Expect(host, now);
        }
    }

    /// <summary>No host is being switched: the gate.</summary>
    private void EndWave(Instant now)
    {
        bool isBad = IsBudgetSpent || IsUnproven;
        if (Phase == RolloutPhase.Activating && isBad && _plan.OnFailure == FailurePolicy.RollBack)
        {
            Phase = RolloutPhase.RollingBack;
            HasRolledBack = true;
            RollBackAll(now);
        }
        else if (Phase == RolloutPhase.Activating && !isBad && WavesBegun < Waves.Count)
        {
            BeginWave(now);
        }
        else
        {
            StopAll(now);
            return;
        }

        if (!IsAnySwitching)
        {
            EndWave(now); // there was nothing to do
        }
    }

    private void RollBackAll(Instant now)
    {
        for (int index = 0; index < _hosts.Length; index++)
        {
            HostProgress host = _hosts[index];
            if (host.State != HostState.Active || host.WasActive)
            {
                continue; // it failed, and went back or cannot; or it was never switched; or not by us
            }

            if (host.HasAgent && !host.IsDismissed)
            {
                RollBack(index, now);
            }
            else
            {
                Fail(index, HostFailure.AgentLost, "the agent left before the host could be taken back", now);
            }
        }
    }

    private void RollBack(int index, Instant now)
    {
        HostProgress host = _hosts[index];
        host.State = HostState.RollingBack;
        ReleaseId release = default;
        if (host.PreviousRelease is { } previous && !ReleaseId.TryParse(previous, out release))
        {
            GiveUp(index, HostFailure.ActivationFailed, $"it ran {previous} before, which is no release of ours", now);
            return;
        }

        if (host is { WasActive: true, PreviousRelease: null })
        {
            GiveUp(index, HostFailure.ActivationFailed, "it ran this release before, and no other is known", now);
            return;
        }

        host.IsRollbackOrdered = true;
        host.RollbackOrderedAt = now;
        _outputs.Enqueue(new RolloutOutput.RollBack(index, host.PreviousRelease is null ? null : release));
        Expect(host, now);
    }

    private static void OnSwitched(HostProgress host, RolloutInput.Switched switched, Instant now)
    {
        host.HeadwayAt = now;
        if (host.IsRollbackOrdered)
        {
            host.IsSwitched = false;
        }
        else if (host.IsActivationOrdered && !host.IsSwitched)
        {
            host.IsSwitched = true;
            host.SwitchedAt = now;
            host.WasActive = switched.WasActive;
            host.WasSettled = switched.WasSettled;
            host.PreviousRelease = switched.Previous;
        }
    }

    private void OnActivated(HostProgress host, bool wasDone, Instant now)
    {
        if (host.IsRollbackOrdered)
        {
            host.State = HostState.RolledBack; // also after a cancel or a deadline
            host.RolledBackAt = now;
        }
        else if (host.IsActivationOrdered && host.State != HostState.Active && !HasRolledBack)
        {
            // Also after a cancel or a deadline: the host runs the release, whatever was written down before.
            FailedCount -= host.HasFailed ? 1 : 0;
            host.Failure = null;
            host.FailedAt = null;
            host.Detail = "";
            host.State = HostState.Active;
            host.ActiveAt = now;
            host.WasUntouched = wasDone;
        }
    }

    private void OnAgentFailed(int index, HostFailure failure, string detail, Instant now)
    {
        HostProgress host = _hosts[index];
        bool wasActivating = host.State == HostState.Activating;
        Fail(index, failure, detail, now);
        if (Phase >= RolloutPhase.Stopping || host.IsDismissed)
        {
            return; // it is on its way out
        }

        if (failure == HostFailure.Locked && Phase == RolloutPhase.Staging)
        {
            IsLockedOut = true;
            _outputs.Enqueue(new RolloutOutput.CancelLaunches());
            StopAll(now);
            return;
        }

        if (wasActivating && host is { IsSwitched: true, WasSettled: false } && _plan.OnFailure == FailurePolicy.RollBack)
        {
            RollBack(index, now);
        }
        else
        {
            Dismiss(index);
        }
    }
}
