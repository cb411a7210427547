using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Has every host remove its old releases.</summary>
internal static class FleetPruning
{
    /// <summary>How long the removal of many large releases may take.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMinutes(10);

    public static FleetQuestion<HostPruning> Question(int keep, string deployedBy, DateTimeOffset startedAt, bool breaksLock) => new(
        host => new PruneCommand(host.Root, keep) { DeployedBy = deployedBy, DeployStartedAt = startedAt, BreaksLock = breaksLock },
        (host, _, answer) => answer is AgentPruned pruned ? new HostPruning(host.Name, pruned.Removed, pruned.FreedBytes, Problem: null) : null,
        (host, problem) => new HostPruning(host.Name, [], 0, problem),
        AnswerMax);
}

/// <summary>One row of <c>MurderPrune</c>.</summary>
/// <param name="Removed">releases, half ones with their suffix</param>
/// <param name="Problem">why not everything was removed; null when it was</param>
public sealed record HostPruning(string Name, IReadOnlyList<string> Removed, long FreedBytes, Problem? Problem);
