using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>One row of <c>MurderStatus</c>.</summary>
/// <param name="Current">release id that <c>current</c> points to; null when there is none</param>
/// <param name="Previous">what was active before it; null when there is none</param>
/// <param name="Staged">whole releases, oldest first</param>
/// <param name="Partial">releases that are being fetched or were left half-way</param>
/// <param name="LockedBy">who deploys to the host at this moment; null when nobody does</param>
/// <param name="Problem">why the host could not be asked; null when it was</param>
public sealed record HostStatus(
    string Name, string? Current, string? Previous, IReadOnlyList<string> Staged, IReadOnlyList<string> Partial, long FreeBytes, string? LockedBy, Problem? Problem)
{
    /// <summary>Version of the agent that answered; empty when none did.</summary>
    public string Agent { get; init; } = "";

    /// <summary>Not all steps of the last activation were done: whether the release serves is not known.</summary>
    public bool IsUnfinished { get; init; }

    /// <summary>How the active release compares with what was staged; null when it was not asked for, or none is active.</summary>
    public ReleaseVerification? Verification { get; init; }

    /// <summary>What is wrong with what it runs: activated half-way, or, when that was to be verified, no longer what was staged, or nobody can tell.</summary>
    public IReadOnlyList<Problem> Faults { get; init; } = [];
}
