namespace Murder.SwarmBench;

internal static class OpenSsh
{
    /// <summary>The lab's key and hosts, and nothing of whoever runs the bench.</summary>
    public static string[] Options(Lab lab) =>
    [
        "-F", "none", "-i", lab.IdentityFile, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", $"UserKnownHostsFile={lab.KnownHosts}", "-o", "GlobalKnownHostsFile=/dev/null",
    ];
}
