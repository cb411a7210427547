using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>What is wrong with what hosts run: MURDER0701 to MURDER0719.</summary>
internal static class StatusProblems
{
    private const int DifferencesTold = 10;

    /// <summary>None when the active release is what was staged, and its activation came to its end.</summary>
    public static IReadOnlyList<Problem> Of(TargetHost host, AgentStatus status)
    {
        List<Problem> faults = [];
        if (status.IsUnfinished)
        {
            faults.Add(Unfinished(host, status.Current!));
        }

        if (status.Verification is { Obstacle: { } obstacle })
        {
            faults.Add(NotVerified(host, status.Current!, obstacle));
        }
        else if (status.Verification is { DifferenceCount: > 0 } verification)
        {
            faults.Add(Drifted(host, status.Current!, verification));
        }

        return faults;
    }

    private static Problem Unfinished(TargetHost host, string release) => new(
        "MURDER0703",
        $"{host.Name} was switched to {release}, but not all steps of its activation were done: its service may run the release before, or nothing.",
        $"Run the deploy again, or 'dotnet msbuild -t:MurderActivate -p:MurderRelease={release}' with the same properties: hosts that are done are left alone.");

    private static Problem Drifted(TargetHost host, string release, ReleaseVerification verification)
    {
        string[] told = [.. verification.Differences.Take(DifferencesTold).Select(difference => difference.ToString())];
        long more = verification.DifferenceCount - told.Length;
        return new Problem(
            "MURDER0701",
            $"{host.Name} runs {release}, which is no longer what was deployed ({verification.DifferenceCount} {(verification.DifferenceCount == 1 ? "difference" : "differences")}): {string.Join("; ", told)}{(more > 0 ? $"; and {more} more" : "")}.",
            $"Deploy under another id (-p:MurderRelease=ID): a release does not change once it is there, and the new one takes over only what is right. What a service or a hook writes belongs outside of the release, into {host.Root}/shared.");
    }

    private static Problem NotVerified(TargetHost host, string release, string obstacle) => new(
        "MURDER0702",
        $"{host.Name} runs {release}, which could not be checked: {obstacle.TrimEnd('.')}.",
        "Deploy again, under another id (-p:MurderRelease=ID) if this one is still in releases/: then its description is there again.");
}
