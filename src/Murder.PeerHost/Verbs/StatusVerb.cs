using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Looks at the release tree and changes nothing.</summary>
internal static class StatusVerb
{
    /// <param name="held">the lock of the root, when this agent holds it</param>
    /// <exception cref="VerbException"/>
    public static AgentStatus Run(StatusCommand command, ReleaseLock? held, Action<string> warn, TimeProvider time)
    {
        ReleaseStore releases = ReleaseStore.At(command.Root, warn, time, FileSteps.Unobserved);
        return new AgentStatus(
            releases.Current(),
            releases.Previous(),
            [.. releases.Staged().Select(id => id.Value)],
            [.. releases.Partials().Select(id => id.Value + ReleaseLayout.PartialSuffix)],
            releases.FreeBytes(),
            held?.Holder.ToString() ?? releases.LockedBy());
    }
}
