namespace Murder.Deploy;

/// <summary>What is wrong with SSH files and agents, found before any connection (codes from 0320).</summary>
internal static class SshProblems
{
    public static Problem KnownHostsMissing(string path) =>
        new("MURDER0320", $"The known_hosts file '{path}' does not exist.", "Correct MurderKnownHosts, or leave it empty to use ssh's own files.");

    public static Problem KnownHostsUnreadable(string reason) =>
        new("MURDER0321", $"The known host keys cannot be read: {reason.TrimEnd('.')}.", "Make the file readable for the user who deploys, or name another one in MurderKnownHosts.");

    public static Problem IdentityMissing(string path) =>
        new("MURDER0322", $"The private key '{path}' does not exist.", "Correct MurderIdentityFile, or leave it empty to use ssh's usual keys.");

    public static Problem ConfigMissing(string path) =>
        new("MURDER0324", $"The configuration '{path}' does not exist.", "Correct MurderSshConfig, or leave it empty to use ssh's own files.");

    public static Problem NoSsh() =>
        new("MURDER0325", "MurderSshEngine is 'openssh', but there is no 'ssh' on this machine's PATH.", "Install OpenSSH's client, or leave the property out: then the package's own SSH reaches the hosts.");

    public static Problem Engine(string value) =>
        new("MURDER0326", $"MurderSshEngine is '{value}'.", "Say 'sshnet', 'openssh', or leave it out for 'auto'.");

    public static Problem PassphraseUnreadable(string reason) =>
        new("MURDER0328", $"The passphrase cannot be read: {reason.TrimEnd('.')}.", "Correct MurderPassphraseFile, or give the passphrase in the environment variable MURDER_PASSPHRASE.");

    /// <param name="hosts">for which <c>ssh</c> says so</param>
    public static Problem ConfigRefused(IReadOnlyList<TargetHost> hosts, string? configFile, string reason) =>
        new("MURDER0327", $"ssh's configuration cannot be used for {NameList.Of([.. hosts.Select(host => host.Address)], max: 3)}: {reason.TrimEnd('.')}.", $"Mend it until '{SshByHand.Query(hosts[0], configFile)}' prints it, or name another file in MurderSshConfig.");

    public static Problem AgentUnreadable(string directory, string reason) =>
        new("MURDER0323", $"The agents in '{directory}' cannot be read: {reason.TrimEnd('.')}.", "Restore the package Murder.Build again: delete its folder in the NuGet cache (~/.nuget/packages/murder.build, or as 'dotnet nuget locals global-packages --list' says), then run 'dotnet restore'.");
}
