using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// What to tell a person about a host that was left out. 03nn: connection and bootstrap; 04nn: swarm and staging; 05nn: activation; 09nn: the
/// deploy itself.
/// </summary>
internal static class HostProblems
{
    public static Problem From(TargetHost host, HostException failure) => From(host, failure.Failure, failure.Message);

    /// <param name="detail">one sentence; need not name the host</param>
    /// <param name="ports">of this machine, when it seeded</param>
    public static Problem From(TargetHost host, HostFailure failure, string detail, DeployerPorts? ports = null) =>
        new(CodeOf(failure), $"{What(failure)} on {host.Name}: {OneLine.Of(WithoutName(host, detail))}.", RemedyFor(host, failure, ports));

    /// <summary>Of hosts that the same thing keeps out.</summary>
    /// <param name="detail">as above, of the first of them</param>
    public static Problem OfAll(IReadOnlyList<TargetHost> hosts, HostFailure failure, string detail) =>
        new(CodeOf(failure), $"{What(failure)} on {NameList.Of([.. hosts.Select(host => host.Name)])}: {OneLine.Of(WithoutName(hosts[0], detail))}.", RemedyFor(hosts[0], failure, ports: null));

    public static string CodeOf(HostFailure failure) => failure switch
    {
        HostFailure.Unreachable => "MURDER0301",
        HostFailure.HostKeyUnknown => "MURDER0302",
        HostFailure.HostKeyChanged => "MURDER0303",
        HostFailure.AuthenticationFailed => "MURDER0304",
        HostFailure.IdentityUnusable => "MURDER0305",
        HostFailure.NoShell => "MURDER0306",
        HostFailure.PlatformUnsupported => "MURDER0307",
        HostFailure.NoAgentFolder => "MURDER0308",
        HostFailure.AgentUploadFailed => "MURDER0309",
        HostFailure.ProtocolMismatch => "MURDER0310",
        HostFailure.AgentLost => "MURDER0311",
        HostFailure.ConfigUnusable => "MURDER0312",
        HostFailure.SudoRefused => "MURDER0313",
        HostFailure.JumpFailed => "MURDER0330",
        HostFailure.AgentEnded => "MURDER0314",
        HostFailure.TransportFailed => "MURDER0315",
        HostFailure.Locked => "MURDER0401",
        HostFailure.RootNotWritable => "MURDER0402",
        HostFailure.DiskFull => "MURDER0403",
        HostFailure.StorageFailed => "MURDER0404",
        HostFailure.MetainfoRefused => "MURDER0405",
        HostFailure.PortsTaken => "MURDER0406",
        HostFailure.SwarmStalled => "MURDER0407",
        HostFailure.StagingTimedOut => "MURDER0408",
        HostFailure.ReleaseTaken => "MURDER0409",
        HostFailure.ReleaseChanged => "MURDER0410",
        HostFailure.RootTaken => "MURDER0411",
        HostFailure.ReleaseMissing => "MURDER0501",
        HostFailure.ActivationFailed => "MURDER0502",
        HostFailure.ActivationTimedOut => "MURDER0503",
        HostFailure.HookFailed => "MURDER0504",
        HostFailure.ServiceFailed => "MURDER0505",
        HostFailure.Unhealthy => "MURDER0506",
        HostFailure.SharedMissing => "MURDER0507",
        HostFailure.SharedTaken => "MURDER0508",
        HostFailure.VariablesUnusable => "MURDER0509",
        HostFailure.Cancelled => "MURDER0901",
        HostFailure.Bug => "MURDER0999",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "a failure without a code"),
    };

    private static string What(HostFailure failure) => failure switch
    {
        HostFailure.Unreachable => "No connection",
        HostFailure.HostKeyUnknown => "Unknown host key",
        HostFailure.HostKeyChanged => "Wrong host key",
        HostFailure.AuthenticationFailed => "Login refused",
        HostFailure.IdentityUnusable => "No usable private key",
        HostFailure.NoShell => "No shell",
        HostFailure.PlatformUnsupported => "No agent for this platform",
        HostFailure.NoAgentFolder => "No folder for the agent",
        HostFailure.AgentUploadFailed => "Agent not uploaded",
        HostFailure.ProtocolMismatch => "Not our agent",
        HostFailure.AgentLost => "Agent lost",
        HostFailure.ConfigUnusable => "ssh's configuration",
        HostFailure.AgentEnded => "Agent ended by somebody else",
        HostFailure.SudoRefused => "No sudo",
        HostFailure.TransportFailed => "No shell by MurderTransport",
        HostFailure.JumpFailed => "No way past the jump host",
        HostFailure.Locked => "Locked by another deploy",
        HostFailure.RootNotWritable => "Root not writable",
        HostFailure.DiskFull => "Disk full",
        HostFailure.StorageFailed => "Storage failed",
        HostFailure.MetainfoRefused => "Metainfo refused",
        HostFailure.PortsTaken => "No free swarm port",
        HostFailure.SwarmStalled => "Swarm stalled",
        HostFailure.StagingTimedOut => "No headway",
        HostFailure.ReleaseTaken => "Release id taken",
        HostFailure.ReleaseChanged => "Release changed",
        HostFailure.RootTaken => "Another application's root",
        HostFailure.ReleaseMissing => "Release missing",
        HostFailure.ActivationFailed => "Not activated",
        HostFailure.ActivationTimedOut => "No answer to the activation",
        HostFailure.HookFailed => "Command failed",
        HostFailure.ServiceFailed => "Service not restarted",
        HostFailure.Unhealthy => "Not healthy",
        HostFailure.SharedMissing => "Nothing to share",
        HostFailure.SharedTaken => "Not shared",
        HostFailure.VariablesUnusable => "Variables not readable",
        HostFailure.Cancelled => "Cancelled",
        HostFailure.Bug => "A bug in Murder.Build",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "a failure without a name"),
    };

    private static string RemedyFor(TargetHost host, HostFailure failure, DeployerPorts? ports) => failure switch
    {
        HostFailure.Unreachable => $"Check that {host.HostName} is its name or address, that the host is up, and that its port {host.SshPort} is open for {WhoConnectsTo(host)}: {SshByHand.Login(host, "-v")}.",
        HostFailure.HostKeyUnknown when IsAskedByHand(host) => AskByHand(host),
        HostFailure.HostKeyUnknown => $"Fetch the key with '{SshByHand.Keyscan(host)}', compare its fingerprint (ssh-keygen -lf -) with the host's own, and append the line to one of the files where keys are looked for: ~/.ssh/known_hosts, unless the message or MurderKnownHosts names others.",
        HostFailure.HostKeyChanged when IsAskedByHand(host) => $"If the host was set up anew, remove the old key with 'ssh-keygen -R {SshByHand.Word(host.KnownHostsName)} -f FILE' from the file that the message names. {AskByHand(host)} If it was not, somebody may be in between. A key that was revoked is never to be trusted again: give the host another.",
        HostFailure.HostKeyChanged => $"If the host was set up anew, remove the old key with 'ssh-keygen -R {SshByHand.Word(host.KnownHostsName)} -f FILE' from the file that the message names, then add the new one from '{SshByHand.Keyscan(host)}' after comparing fingerprints; if not, somebody may be in between. A key that was revoked is never to be trusted again: give the host another.",
        HostFailure.AuthenticationFailed => "Add the public key to ~/.ssh/authorized_keys of that user on the host, or name another user in the inventory or another key in MurderIdentityFile. A host that asks for more than a key lets no build in.",
        HostFailure.IdentityUnusable => "Name a private key in MurderIdentityFile, or for the host in the inventory. For an encrypted one, load it into an ssh-agent, or give the passphrase in the environment variable MURDER_PASSPHRASE or in a file that MurderPassphraseFile names.",
        HostFailure.NoShell => $"The login must run 'sh': check the user's shell and any ForceCommand on the host ({SshByHand.Login(host)} 'exec sh').",
        HostFailure.PlatformUnsupported => "Leave the host out, or use a version of Murder.Build that brings an agent for it.",
        HostFailure.NoAgentFolder => $"Make one of these folders writable and executable for the user, with some 15 MB free; {host.Root} is used first if it exists.",
        HostFailure.AgentUploadFailed => "Check the connection to the host and the free space there, then deploy again.",
        HostFailure.ProtocolMismatch => "Check that nothing else answers in place of the login's shell, and deploy again with one version of Murder.Build.",
        HostFailure.AgentEnded => "See with -t:MurderStatus who holds the host: another deploy that took it (MurderBreakLock=true) ends agents so, and then it is in that deploy's hands. If nobody does, somebody has ended the process: deploy again.",
        HostFailure.JumpFailed => $"Every host behind a jump host needs a login there: see what '{SshByHand.JumpLogin(host)}' says, which has to work without a question, and mend that or the ProxyJump of ssh's configuration.",
        HostFailure.SudoRefused => $"Let the user become root without a password ('USER ALL=(root) NOPASSWD: ALL' in /etc/sudoers.d on the host; try '{SshByHand.Login(host)} sudo -n true'), or leave MurderSudo out.",
        HostFailure.TransportFailed => $"Run the command of MurderTransport by hand with {host.Address} in place of {{host}} and 'echo ok' on its stdin: it has to give a POSIX shell on the host, and to end with it.",
        HostFailure.ConfigUnusable => $"Correct what '{SshByHand.Query(host, host.Ssh?.ConfigFile)}' prints (~/.ssh/config, or the file in MurderSshConfig); what only the system's ssh can do takes MurderSshEngine=auto or openssh.",
        HostFailure.AgentLost => "Look for the reason on the host (memory, reboot, a killed process), then deploy again: what has arrived is kept.",
        HostFailure.Locked => "Wait until the other deploy ends, or take the host from it with -p:MurderBreakLock=true; a lock goes away with the process that holds it.",
        HostFailure.RootNotWritable => $"Create {host.Root}, on a file system that can be written to, and give it to the user of the deploy; or name another MurderRoot.",
        HostFailure.DiskFull => $"Free some space on the disk that holds {host.Root}, then deploy again: what has arrived is kept.",
        HostFailure.StorageFailed => $"Check the disk and the permissions below {host.Root}, then deploy again.",
        HostFailure.MetainfoRefused => "Look at the file the message names: a release holds files, folders and links within itself only.",
        HostFailure.PortsTaken => "Free one of the ports on the host, or choose another first port in MurderPort.",
        HostFailure.SwarmStalled => $"Check that hosts can reach each other on the swarm's TCP ports (MurderPort and the eight after it), and the deploying machine on {OfThisMachine(ports)}; the latter is not needed where MurderReach=direct is left out.",
        HostFailure.ReleaseTaken => "A release does not change once it is there: give this one another id in MurderRelease, or leave that property out.",
        HostFailure.ReleaseChanged => $"Deploy under another id (-p:MurderRelease=ID), which takes over only what is right. What a service or a hook writes belongs outside of the release, into {host.Root}/shared.",
        HostFailure.RootTaken => $"Give each application a root of its own: MurderRoot, or murder_root in an inventory that is this application's alone. If the application was only renamed, remove {host.Root}/current on the host once.",
        HostFailure.ReleaseMissing => "Stage the release first (dotnet publish -t:MurderStage), or see what is there with -t:MurderStatus.",
        HostFailure.StagingTimedOut => $"Look at the disk that holds {host.Root} (dmesg, iostat): something there hangs or is far too slow; then deploy again: what has arrived is kept.",
        HostFailure.ActivationTimedOut => $"Look at the disk that holds {host.Root} (dmesg, iostat) and at what current points to (-t:MurderStatus); then activate again.",
        HostFailure.ActivationFailed => $"Check that {host.Root}/current is a link that the user may replace, then activate again.",
        HostFailure.HookFailed => $"The message ends with what the command said last. Run it by hand on the host, in the release's folder below {host.Root}/releases, mend it or what it needs, then deploy again.",
        HostFailure.ServiceFailed => "Look on the host at 'systemctl status SERVICE' and 'journalctl -u SERVICE -n 50', and check that the user of the deploy may restart the unit; then deploy again.",
        HostFailure.Unhealthy => "Ask the URL on the host (curl -v URL) and read what the service logs (with systemd: 'journalctl -u UNIT -n 50'); a service that starts slowly needs a longer MurderHealthTimeout.",
        HostFailure.SharedMissing => $"Put it into {host.Root}/shared, where it stays, then run the same command again; or correct the MurderShared items: a folder that may be made ends with '/'.",
        HostFailure.SharedTaken => "Leave it out of the publish output (CopyToPublishDirectory=\"Never\"), so that the link can take its place, and deploy that; or remove the MurderShared item.",
        HostFailure.VariablesUnusable => $"Mend {host.Root}/shared/murder.env on the host: lines NAME=VALUE, each value as it is, without quotes; empty lines and those that begin with '#' are left out.",
        HostFailure.Cancelled => "Deploy again when ready.",
        HostFailure.Bug => "Please report it with the report.json of this deploy.",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "a failure without a remedy"),
    };

    private static string OfThisMachine(DeployerPorts? ports) =>
        ports is null ? "the seeder's and the tracker's" : $"TCP {ports.Seeder} (the seeder) and {ports.Tracker} (the tracker, which is on another port each time)";

    /// <summary>ssh-keyscan gets no further than from here, and knows a host by no other name than its own.</summary>
    private static bool IsAskedByHand(TargetHost host) => host.Ssh is { IsBehindProxy: true } or { HostKeyAlias: not null };

    private static string AskByHand(TargetHost host) =>
        $"Log in once by hand, with '{SshByHand.AskingLogin(host)}' and, for a file of MurderKnownHosts, '-o UserKnownHostsFile=FILE': compare the fingerprint that it shows with the host's own, and say yes, which keeps the key.";

    private static string WhoConnectsTo(TargetHost host) =>
        SshTokens.JumpsTo(host) is { } jumps ? $"the jump host ({JumpHosts.Split(jumps).Last})"
        : host.Ssh is { IsBehindProxy: true } ? "where its ProxyCommand connects from"
        : "this machine";

    /// <summary>The sentence has named the host already.</summary>
    public static string WithoutName(TargetHost host, string detail)
    {
        string prefix = host.Name + ": ";
        return (detail.StartsWith(prefix, StringComparison.Ordinal) ? detail[prefix.Length..] : detail).TrimEnd('.');
    }
}
