using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// Opens a shell on a host by the system's <c>ssh</c>, a process a host: whatever <c>ssh</c> can do, proxy commands, Kerberos and hardware
/// keys, is done. Jump hosts are logged in to once for all hosts behind them.
/// </summary>
internal sealed class OpenSshConnector(SshOptions options, string program, TimeProvider time) : IShellConnector, IAsyncDisposable
{
    /// <summary>More than any message of the day: what comes before our mark is read and forgotten.</summary>
    private const int NoiseBytesMax = 1024 * 1024;

    /// <summary>It keeps nothing for others, and shares nothing with them.</summary>
    private static readonly string[] s_alone = ["-o", "ControlMaster=no", "-o", "ControlPath=none"];

    private readonly LoginRetry _retry = new(options, time);
    private readonly OpenSshArguments _arguments = new(options);
    private readonly JumpHosts? _jumps = JumpHosts.AreShared ? new(options, program, time) : null;

    public async Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> way = await WayToAsync(host, cancellationToken).ConfigureAwait(false);
        return await _retry.RunAsync(host, token => TryOpenAsync(host, way, token), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _jumps?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <exception cref="HostException">a jump host lets nobody pass</exception>
    private async Task<IReadOnlyList<string>> WayToAsync(TargetHost host, CancellationToken cancellationToken)
    {
        if (_jumps is null || SshTokens.JumpsTo(host) is not { } jumps)
        {
            return []; // as the configuration says
        }

        try
        {
            return ["-o", $"ProxyCommand={await _jumps.PassAsync(jumps, cancellationToken).ConfigureAwait(false)}"];
        }
        catch (HostException e)
        {
            throw new HostException(HostFailure.JumpFailed, $"{host.Name}: {e.Message}", e);
        }
    }

    /// <summary>The login's shell says the mark, so that from there on an end is that of the shell and not of ssh.</summary>
    private async Task<LoginAttempt> TryOpenAsync(TargetHost host, IReadOnlyList<string> way, CancellationToken cancellationToken)
    {
        string mark = ShellMark.Next();
        ProcessStartInfo start = ChildProcess.Describe(program, [.. _arguments.Always, .. s_alone, .. way, .. _arguments.ForHost(host), "--", host.Address, $"echo {mark}; {options.ShellCommand}"]);
        _arguments.GiveHostPassphrase(start, host);
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
