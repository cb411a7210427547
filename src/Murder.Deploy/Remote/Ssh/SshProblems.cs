namespace Murder.Deploy;

/// <summary>What is wrong with SSH files and agents, found before any connection (codes from 0320).</summary>
internal static class SshProblems
{
    public static Problem KnownHostsMissing(string path) =>
        new("MURDER0320", $"The known_hosts file '{path}' does not exist.", "Correct MurderKnownHosts, or leave it empty to use ssh's own files.");

    public static Problem KnownHostsUnreadable(string reason) =>
        new("MURDER0321", $"The known host keys cannot be read: {reason}", "Make the file readable for the user who deploys, or name another one in MurderKnownHosts.");

    public static Problem IdentityMissing(string path) =>
        new("MURDER0322", $"The private key '{path}' does not exist.", "Correct MurderIdentityFile, or leave it empty to use ssh's usual keys.");

    public static Problem AgentUnreadable(string directory, string reason) =>
        new("MURDER0323", $"The agents in '{directory}' cannot be read: {reason}", "Restore the package Murder.Build again: delete it from the NuGet cache, then run 'dotnet restore'.");
}
