using System.Diagnostics;
using System.Globalization;

namespace Murder.Deploy;

/// <summary>What the system's <c>ssh</c> is told on its command line. It never asks anybody anything.</summary>
internal sealed class OpenSshArguments(SshOptions options)
{
    private readonly OpenSshPassphrase _passphrase = new(options);

    /// <summary>
    /// It finds out by itself within some 15 s that the link is cut. A login is ended by us before its own patience ends; but whoever kills us leaves it
    /// alone with a host that may never answer.
    /// </summary>
    public IReadOnlyList<string> Always =>
    [
        "-T", "-x", "-a",
        .. _passphrase.Options,
        "-o", string.Create(CultureInfo.InvariantCulture, $"ConnectTimeout={options.ConnectMax.TotalSeconds + 5:0}"),
        "-o", "ServerAliveInterval=5",
        "-o", "ServerAliveCountMax=3",
        "-o", "ClearAllForwardings=yes",
        "-o", "LogLevel=ERROR",
    ];

    /// <summary>Lets this ssh open the keys that it offers to the host.</summary>
    public void GiveHostPassphrase(ProcessStartInfo ssh, TargetHost host) => _passphrase.GiveTo(ssh, options.IdentityFilesOf(host));

    /// <summary>Lets an ssh behind a shell open the keys that it offers to a jump host.</summary>
    /// <inheritdoc cref="OpenSshPassphrase.GiveByScriptTo"/>
    public void GiveJumpPassphrase(ProcessStartInfo ssh, string script) => _passphrase.GiveByScriptTo(ssh, script);

    /// <summary>What the user named goes before what the configuration says; host keys are always checked.</summary>
    public List<string> ForHost(TargetHost host)
    {
        List<string> chosen = [.. SshConfigQuery.OptionsOf(host, options.ConfigFile), .. Trust(host)];
        if (options.IdentityOf(host) is { } identity)
        {
            chosen.AddRange(["-i", identity, "-o", "IdentitiesOnly=yes"]);
        }

        if (options.KnownHosts is { } named)
        {
            chosen.AddRange(["-o", $"UserKnownHostsFile={Quoted(named.Files)}", "-o", "GlobalKnownHostsFile=none"]);
        }

        return chosen;
    }

    /// <summary>What the user named for the hosts counts as well as what the configuration says: a jump host may be one of them, or a stranger to them.</summary>
    public List<string> ForJump(TargetHost jump)
    {
        List<string> chosen = [.. SshConfigQuery.OptionsOf(jump, options.ConfigFile), .. Trust(jump)];
        foreach (string identity in options.IdentityFilesOfJump(jump))
        {
            chosen.AddRange(["-i", identity]);
        }

        if (options.KnownHosts is { } named)
        {
            chosen.AddRange(["-o", $"UserKnownHostsFile={Quoted([.. jump.Ssh?.KnownHostsFiles ?? options.UsualKnownHostsFiles, .. named.Files])}"]);
        }

        return chosen;
    }

    private static string[] Trust(TargetHost host) => ["-o", $"StrictHostKeyChecking={(host.Ssh?.AcceptsNewHostKeys == true ? "accept-new" : "yes")}"];

    private static string Quoted(IEnumerable<string> files) => string.Join(' ', files.Select(file => $"\"{file}\""));
}
