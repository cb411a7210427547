using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Waits for the lock of a root as long as <see cref="ILockingCommand"/> gives it a right to, or takes it from who holds it when it is told to.</summary>
internal sealed class LockTaker(ReleaseLayout layout, ILockingCommand claim, TimeProvider time)
{
    /// <summary>An agent whose deployer was killed needs some seconds to leave; the deploy that follows waits for it.</summary>
    private static readonly TimeSpan LeavingMax = TimeSpan.FromSeconds(5);

    /// <summary>A deploy that began later waits for <see cref="LeavingMax"/>, then ends everywhere, which takes a few seconds too.</summary>
    private static readonly TimeSpan GivingWayMax = TimeSpan.FromSeconds(20);

    /// <summary>Between the polite signal and the other one.</summary>
    private static readonly TimeSpan TerminatingMax = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    private readonly long _startedAt = time.GetTimestamp();

    /// <summary>Whose agent was ended; null when nobody's had to be.</summary>
    public LockHolder? Broken { get; private set; }

    /// <exception cref="VerbException">somebody else holds the lock, and goes on holding it</exception>
    public async Task<ReleaseLock> TakeAsync(CancellationToken cancellationToken)
    {
        LockHolder self = new(claim.DeployedBy, Environment.ProcessId, time.GetUtcNow()) { DeployStartedAt = claim.DeployStartedAt, Release = claim.Release?.Value };
        LockHolder? holder = null;
        while (true)
        {
            Directory.CreateDirectory(layout.Private); // whoever held the lock may have removed it as he left
            if (ReleaseLock.TryTake(layout.Lock, self) is { } taken)
            {
                return taken;
            }

            // Of one who is just leaving nothing can be read any more: what he was gives no less patience than before.
            holder = ReleaseLock.ReadHolder(layout.Lock) ?? holder;
            if (claim.BreaksLock && holder is not null)
            {
                Break(holder);
            }

            if (time.GetElapsedTime(_startedAt) >= PatienceWith(holder))
            {
                throw new VerbException(HostFailure.Locked, $"{layout.Root} is locked by {holder?.ToString() ?? "somebody"}{(claim.BreaksLock ? ", whose agent could not be ended" : "")}");
            }

            await Task.Delay(RetryInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private TimeSpan PatienceWith(LockHolder? holder) => claim.BreaksLock || (holder is not null && IsYounger(holder)) ? GivingWayMax : LeavingMax;

    private bool IsYounger(LockHolder holder) =>
        holder.DeployStartedAt > claim.DeployStartedAt
        || (holder.DeployStartedAt == claim.DeployStartedAt && string.CompareOrdinal(holder.DeployedBy, claim.DeployedBy) > 0);

    private void Break(LockHolder holder)
    {
        bool isPolite = time.GetElapsedTime(_startedAt) < TerminatingMax;
        if ((isPolite && Broken == holder) || !OpenFiles.Has(holder.ProcessId, layout.Lock))
        {
            return; // it was told already; or it is no process that has the lock, and none of our business
        }

        if (PosixProcess.TrySignal(holder.ProcessId, isPolite ? PosixProcess.Terminate : PosixProcess.Kill))
        {
            Broken = holder;
        }
    }
}
