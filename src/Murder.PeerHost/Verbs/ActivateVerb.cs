using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Makes a staged release the active one.</summary>
internal static class ActivateVerb
{
    /// <param name="held">the lock of the root, when this agent holds it already</param>
    /// <exception cref="VerbException"/>
    public static async Task<AgentActivated> RunAsync(ActivateCommand command, ReleaseLock? held, Action<string> warn, TimeProvider time, CancellationToken cancellationToken)
    {
        ReleaseStore releases = ReleaseStore.At(command.Root, warn, time);
        RequireStaged(releases, command.Release); // before the lock, which would make folders below a root that is not there
        using ReleaseLock? taken = held is null ? await releases.TakeLockAsync(command.DeployedBy, cancellationToken).ConfigureAwait(false) : null;
        RequireStaged(releases, command.Release);
        string? previous = releases.Current();
        if (previous != command.Release.Value)
        {
            Swap(releases, command, previous);
        }

        return new AgentActivated(command.Release, previous);
    }

    private static void RequireStaged(ReleaseStore releases, ReleaseId release)
    {
        if (!releases.IsStaged(release))
        {
            throw new VerbException(HostFailure.ReleaseMissing, $"{releases.Layout.Release(release)} does not exist");
        }
    }

    private static void Swap(ReleaseStore releases, ActivateCommand command, string? previous)
    {
        string result = AuditEntry.Ok;
        try
        {
            releases.SwapCurrent(command.Release);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            result = e.Message;
            throw new VerbException(HostFailure.ActivationFailed, $"{releases.Layout.Current} could not be switched: {e.Message}", e);
        }
        catch (VerbException e)
        {
            result = e.Message;
            throw;
        }
        finally
        {
            releases.Audit(AuditEntry.Activate, command.Release, previous, command.DeployedBy, result);
        }
    }
}
