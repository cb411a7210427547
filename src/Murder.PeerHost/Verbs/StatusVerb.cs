using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Looks at the release tree and changes nothing.</summary>
internal static class StatusVerb
{
    /// <summary>Says that it is at work while it verifies.</summary>
    /// <param name="held">the lock of the root, when this agent holds it</param>
    /// <exception cref="VerbException"/>
    public static async Task<AgentStatus> RunAsync(
        StatusCommand command, ReleaseLock? held, IEventSink events, FetchOptions options, Action<string> warn, TimeProvider time, CancellationToken cancellationToken)
    {
        ReleaseStore releases = ReleaseStore.At(command.Root, warn, time, FileSteps.Unobserved);
        string? current = releases.Current();
        string? lockedBy = held?.Holder.ToString() ?? releases.LockedBy();
        ActivationHistory history = releases.ReadHistory();
        return new AgentStatus(
            current,
            releases.PreviousOf(history),
            [.. releases.Staged().Select(id => id.Value)],
            [.. releases.Partials().Select(id => id.Value + ReleaseLayout.PartialSuffix)],
            releases.FreeSpace().Bytes,
            lockedBy)
        {
            IsUnfinished = lockedBy is null && history.IsUnfinished(current), // else somebody may be at it
            Verification = command.Verifies ? await VerifyAsync(releases, new WorkReport(AgentWork.Checking, events, options, time), cancellationToken).ConfigureAwait(false) : null,
        };
    }

    private static Task<ReleaseVerification?> VerifyAsync(ReleaseStore releases, WorkReport report, CancellationToken cancellationToken) =>
        Task.Run(() => ReleaseVerifier.VerifyActive(releases, report.Step, cancellationToken), cancellationToken);
}
