using System.Diagnostics;

namespace Murder.Deploy;

/// <summary>
/// One login at a jump host: a process of <c>ssh</c> that shares its connection over a socket (ControlMaster). Others open channels on it, which no limit of
/// sshd's counts. It ends when it is disposed, and when this process ends, however that comes about.
/// </summary>
internal sealed class JumpConnection : IAsyncDisposable
{
    /// <summary>
    /// Runs its arguments after the first, and ends them when its stdin ends: <c>ssh -N</c> reads none, so it would not notice that we are gone. Then it also
    /// removes the socket, its first argument, and with the last of them their folder, which nobody else would if we were killed. Who watches the stdin must
    /// not outlive the ssh: its number may be another process's by then.
    /// </summary>
    private const string Guard = """
        socket=$1
        shift
        exec 3<&0
        "$@" </dev/null 3<&- &
        guarded=$!
        { while read -r _; do :; done; trap '' TERM; kill $guarded; exit 0; } <&3 >/dev/null 2>&1 3<&- &
        watcher=$!
        exec 3<&- </dev/null
        wait $guarded
        code=$?
        kill $watcher 2>/dev/null
        if wait $watcher; then
          rm -f -- "$socket" "$socket.ask"
          rmdir -- "${socket%/*}"
        fi 2>/dev/null
        exit $code
        """;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly IRemoteShell _process;

    private JumpConnection(IRemoteShell process, string proxyCommand)
    {
        _process = process;
        ProxyCommand = proxyCommand;
    }

    /// <summary>For <c>ssh</c> to a host behind it.</summary>
    public string ProxyCommand { get; }

    public bool HasEnded => _process.Exited.IsCompleted;

    /// <param name="way">the ProxyCommand that leads to the jump host; null when it is reached as its configuration says</param>
    /// <param name="socket">path of a socket that is to be, in a folder that only this user may open</param>
    /// <exception cref="HostException">there is no login</exception>
    public static async Task<JumpConnection> OpenAsync(
        TargetHost jump, string? way, string socket, SshOptions options, string program, TimeProvider time, CancellationToken cancellationToken)
    {
        OpenSshArguments ssh = new(options);
        string[] arguments =
        [
            "-c", Guard, "sh", socket, program,
            "-M", "-N", "-S", socket.Replace("%", "%%", StringComparison.Ordinal),
            "-o", "ControlPersist=no", "-o", "RemoteCommand=none", "-o", "PermitLocalCommand=no",
            .. ssh.Always,
            .. way is null ? Array.Empty<string>() : ["-o", $"ProxyCommand={way}"],
            .. ssh.ForJump(jump),
            "--", jump.Address,
        ];
        ProcessStartInfo start = ChildProcess.Describe("/bin/sh", arguments);
        ssh.GiveJumpPassphrase(start, socket + ".ask");
        IRemoteShell process = await new LoginRetry(options, time).RunAsync(jump, token => TryOpenAsync(jump, start, socket, time, token), cancellationToken).ConfigureAwait(false);
        return new JumpConnection(process, Past(program, socket));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>
    /// ssh puts the host and its port in. Without the connection ssh would make one of its own, each a login more at the jump host: 'false' is a proxy that
    /// leads nowhere.
    /// </summary>
    private static string Past(string program, string socket)
    {
        static string Word(string text) => BootstrapScript.Quote(text).Replace("%", "%%", StringComparison.Ordinal);
        return $"{Word(program)} -F /dev/null -S {Word(socket.Replace("%", "%%", StringComparison.Ordinal))} -o ProxyCommand=false -o BatchMode=yes -o LogLevel=ERROR -W '[%h]:%p' -- jump";
    }

    private static async Task<LoginAttempt> TryOpenAsync(TargetHost jump, ProcessStartInfo start, string socket, TimeProvider time, CancellationToken cancellationToken)
    {
        ProcessRemoteShell process = ProcessRemoteShell.Start(start, jump.Name, time);
        try
        {
            using PeriodicTimer timer = new(s_pause, time);
            while (!process.Exited.IsCompleted)
            {
                if (File.Exists(socket)) // it is there as soon as ssh has logged in
                {
                    return new LoginAttempt(process);
                }

                await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
            }

            OpenSshRefusal refusal = OpenSshRefusal.Of(await process.Exited.ConfigureAwait(false), process.ErrorText, output: "");
            await process.DisposeAsync().ConfigureAwait(false);
            return new LoginAttempt(Shell: null, new HostException(refusal.Failure, $"{jump.Name} ({jump.Endpoint}): {refusal.Words}"), refusal.MayPass, refusal.Words);
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
