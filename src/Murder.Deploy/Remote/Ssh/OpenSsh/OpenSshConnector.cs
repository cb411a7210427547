using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// Opens a shell on a host by the system's <c>ssh</c>, a process a host: whatever <c>ssh</c> can do, jump hosts, proxy commands, Kerberos and hardware
/// keys, is done. It never asks anybody anything.
/// </summary>
internal sealed class OpenSshConnector(SshOptions options, string program, TimeProvider time) : IShellConnector
{
    /// <summary>More than any message of the day: what comes before our mark is read and forgotten.</summary>
    private const int NoiseBytesMax = 1024 * 1024;

    /// <summary>It finds out by itself within some 15 s that the link is cut; it keeps nothing for others, and shares nothing with them.</summary>
    private static readonly string[] s_always =
    [
        "-T", "-x", "-a",
        "-o", "BatchMode=yes",
        "-o", "ServerAliveInterval=5",
        "-o", "ServerAliveCountMax=3",
        "-o", "ControlMaster=no",
        "-o", "ControlPath=none",
        "-o", "ClearAllForwardings=yes",
        "-o", "LogLevel=ERROR",
    ];

    private readonly LoginRetry _retry = new(options, time);

    public Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken) =>
        _retry.RunAsync(host, token => TryOpenAsync(host, token), cancellationToken);

    /// <summary>The login's shell says the mark, so that from there on an end is that of the shell and not of ssh.</summary>
    private async Task<LoginAttempt> TryOpenAsync(TargetHost host, CancellationToken cancellationToken)
    {
        string mark = "MURDER-SHELL-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
        ProcessStartInfo start = ChildProcess.Describe(program, [.. s_always, .. OptionsOf(host), "--", host.Address, $"echo {mark}; {options.ShellCommand}"]);
        ProcessRemoteShell shell;
        try
        {
            shell = ProcessRemoteShell.Start(start, host.Name, time);
        }
        catch (IOException e)
        {
            throw new HostException(HostFailure.ConfigUnusable, $"{host.Name}: {e.Message}", e);
        }

        try
        {
            if (await HearsAsync(shell.Output, mark, cancellationToken).ConfigureAwait(false))
            {
                return new LoginAttempt(shell);
            }

            int? code = await shell.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
            await shell.DisposeAsync().ConfigureAwait(false);
            OpenSshRefusal refusal = OpenSshRefusal.Of(code, shell.ErrorText);
            return new LoginAttempt(Shell: null, new HostException(refusal.Failure, $"{host.Name} ({host.Endpoint}): ssh says: {refusal.Words}"), refusal.MayPass, refusal.Words);
        }
        catch
        {
            await shell.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the user named goes before what the configuration says; host keys are always checked.</summary>
    private List<string> OptionsOf(TargetHost host)
    {
        List<string> chosen = [.. SshConfigQuery.OptionsOf(host, options.ConfigFile)];
        if (options.IdentityOf(host) is { } identity)
        {
            chosen.AddRange(["-i", identity, "-o", "IdentitiesOnly=yes"]);
        }

        if (options.KnownHosts is { } named)
        {
            chosen.AddRange(["-o", $"UserKnownHostsFile={string.Join(' ', named.Files.Select(file => $"\"{file}\""))}", "-o", "GlobalKnownHostsFile=none"]);
        }

        chosen.AddRange(["-o", $"StrictHostKeyChecking={(host.Ssh?.AcceptsNewHostKeys == true ? "accept-new" : "yes")}"]);
        return chosen;
    }

    /// <summary>Whether a line of the output is the mark. Nothing follows it before we write, so no byte of what comes later is taken.</summary>
    private static async Task<bool> HearsAsync(Stream output, string mark, CancellationToken cancellationToken)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(mark + "\n");
        List<byte> heard = [];
        byte[] buffer = new byte[4096];
        int read;
        while (heard.Count < NoiseBytesMax && (read = await output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            heard.AddRange(buffer.AsSpan(0, read));
            if (System.Runtime.InteropServices.CollectionsMarshal.AsSpan(heard).EndsWith(wanted))
            {
                return true;
            }
        }

        return false;
    }
}
