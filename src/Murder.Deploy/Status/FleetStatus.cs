using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Asks every host what it holds. Changes nothing on any.</summary>
internal static class FleetStatus
{
    /// <summary>How long an agent may take to look at its disk.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(15);

    /// <summary>How long it may take to look through the folders of a release, or to hash one piece of it, on a disk that others use too.</summary>
    private static readonly TimeSpan VerifyingMax = TimeSpan.FromMinutes(5);

    /// <param name="verifies">also whether the active release is still what was staged</param>
    public static FleetQuestion<HostStatus> Question(bool verifies) =>
        new(host => new StatusCommand(host.Root) { Verifies = verifies }, RowOf, NoAnswer, verifies ? VerifyingMax : AnswerMax);

    private static HostStatus? RowOf(TargetHost host, AgentHello hello, AgentEvent answer) =>
        answer is AgentStatus status
            ? new HostStatus(host.Name, status.Current, status.Previous, status.Staged, status.Partial, status.FreeBytes, status.LockedBy, Problem: null)
            {
                Agent = VersionOf(hello),
                Verification = status.Verification,
                IsUnfinished = status.IsUnfinished,
                Faults = StatusProblems.Of(host, status),
            }
            : null;

    private static string VersionOf(AgentHello hello) => hello.Version.Split('+')[0]; // without the commit it was built from

    private static HostStatus NoAnswer(TargetHost host, Problem problem) =>
        new(host.Name, Current: null, Previous: null, Staged: [], Partial: [], FreeBytes: 0, LockedBy: null, problem);
}
