using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>What is wrong with what hosts run: MURDER0701 to MURDER0719.</summary>
internal static class StatusProblems
{
    private const int DifferencesTold = 10;

    /// <summary>Null when the release is what was staged.</summary>
    public static Problem? Of(TargetHost host, string release, ReleaseVerification verification) =>
        verification.Obstacle is { } obstacle ? NotVerified(host, release, obstacle)
        : verification.DifferenceCount > 0 ? Drifted(host, release, verification)
        : null;

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
