using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Removes old releases and what else nobody will want again.</summary>
internal static class PruneVerb
{
    /// <param name="held">the lock of the root, when this agent holds it</param>
    /// <exception cref="VerbException"/>
    public static async Task<AgentPruned> RunAsync(PruneCommand command, ReleaseLock? held, Action<string> warn, TimeProvider time, FileSteps steps, CancellationToken cancellationToken)
    {
        ReleaseStore releases = ReleaseStore.At(command.Root, warn, time, steps);
        long agents = AgentCache.RemoveOld(Environment.ProcessPath, time.GetUtcNow(), warn);
        if (!Directory.Exists(releases.Layout.Private))
        {
            return new AgentPruned([], agents); // nothing was ever deployed here, and taking the lock would leave something
        }

        using ReleaseLock? taken = held is null ? await releases.TakeLockAsync(command, cancellationToken).ConfigureAwait(false) : null;
        PruneResult result = Prune(releases, command.Keep, command.DeployedBy);
        return new AgentPruned(result.Removed, result.FreedBytes + agents);
    }

    /// <inheritdoc cref="ReleasePruner.Prune"/>
    /// <exception cref="VerbException">something could not be removed; the rest is</exception>
    public static PruneResult Prune(ReleaseStore releases, int keep, string deployedBy)
    {
        PruneResult result = new ReleasePruner(releases).Prune(keep);
        if (result.Removed.Count > 0)
        {
            releases.Audit(AuditEntry.Prune, release: null, previous: null, deployedBy, $"removed {string.Join(", ", result.Removed)}");
        }

        return result.Failures switch
        {
            [] => result,
            [var only] => throw new VerbException(HostFailure.StorageFailed, $"not everything could be removed: {only}"),
            [var first, ..] => throw new VerbException(HostFailure.StorageFailed, $"not everything could be removed: {first}; and {result.Failures.Count - 1} more"),
        };
    }
}
