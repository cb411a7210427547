using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
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
        "-o", "ServerAliveInterval=5",
        "-o", "ServerAliveCountMax=3",
        "-o", "ControlMaster=no",
        "-o", "ControlPath=none",
        "-o", "ClearAllForwardings=yes",
        "-o", "LogLevel=ERROR",
    ];

    private readonly LoginRetry _retry = new(options, time);
    private readonly OpenSshPassphrase _passphrase = new(options);

    public Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken) =>
        _retry.RunAsync(host, token => TryOpenAsync(host, token), cancellationToken);

    /// <summary>The login's shell says the mark, so that from there on an end is that of the shell and not of ssh.</summary>
    private async Task<LoginAttempt> TryOpenAsync(TargetHost host, CancellationToken cancellationToken)
    {
        string mark = "MURDER-SHELL-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
        ProcessStartInfo start = ChildProcess.Describe(program, [.. s_always, .. OptionsOf(host), "--", host.Address, $"echo {mark}; {options.ShellCommand}"]);
        _passphrase.GiveTo(start, host);
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
            if (await HearAsync(shell.Output, mark, cancellationToken).ConfigureAwait(false) is not { } said)
            {
                return new LoginAttempt(shell);
            }

            int? code = await shell.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
            await shell.DisposeAsync().ConfigureAwait(false);
            OpenSshRefusal refusal = OpenSshRefusal.Of(code, shell.ErrorText, said);
            HostException failure = new(refusal.Failure, $"{host.Name} ({host.Endpoint}): {refusal.Words}");
            if (refusal.Failure == HostFailure.AuthenticationFailed)
            {
                failure = SshIdentities.WithLockedKeys(host, options, failure); // ssh passes over a key that it cannot open without a word
            }

            return new LoginAttempt(Shell: null, failure, refusal.MayPass, refusal.Words);
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
        List<string> chosen = [.. _passphrase.Options, .. SshConfigQuery.OptionsOf(host, options.ConfigFile)];
        if (options.IdentityOf(host) is { } identity)
        {
            chosen.AddRange(["-i", identity, "-o", "IdentitiesOnly=yes"]);
        }

        if (options.KnownHosts is { } named)
        {
            chosen.AddRange(["-o", $"UserKnownHostsFile={string.Join(' ', named.Files.Select(file => $"\"{file}\""))}", "-o", "GlobalKnownHostsFile=none"]);
        }

        // We end it before that; but whoever kills us leaves it alone with a host that may never answer.
        chosen.AddRange(["-o", string.Create(CultureInfo.InvariantCulture, $"ConnectTimeout={options.ConnectMax.TotalSeconds + 5:0}")]);
        chosen.AddRange(["-o", $"StrictHostKeyChecking={(host.Ssh?.AcceptsNewHostKeys == true ? "accept-new" : "yes")}"]);
        return chosen;
    }

    /// <summary>Null once a line of the output ends with the mark: nothing follows it before we write, so no byte of what comes later is taken. Else all of it.</summary>
    private static async Task<string?> HearAsync(Stream output, string mark, CancellationToken cancellationToken)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(mark + "\n");
        List<byte> heard = [];
        byte[] buffer = new byte[4096];
        int read;
        while (heard.Count < NoiseBytesMax && (read = await output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            heard.AddRange(buffer.AsSpan(0, read));
            if (CollectionsMarshal.AsSpan(heard).EndsWith(wanted))
            {
                return null;
            }
        }

        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(heard));
    }
}
