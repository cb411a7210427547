using Microsoft.Win32.SafeHandles;

namespace Murder.PeerHost;

/// <summary>
/// A command of a release while it runs. It lives in a session of its own, so that all that it started can be ended, and sees nothing of the
/// agent's channel. One thread reads what it says, waits for it and ends it; nobody else does, so that its number stays its own meanwhile.
/// </summary>
internal sealed class HookProcess
{
    /// <summary>How long an end or a cancellation may go unnoticed. Output is seen at once.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly int _id;
    private readonly FileStream _said;
    private readonly HookOutput _output = new();
    private readonly byte[] _buffer = new byte[64 * 1024]; // what a pipe holds: one read gets all that is there
    private int? _status;
    private bool _isPipeEnded;

    private HookProcess(int id, FileStream said)
    {
        _id = id;
        _said = said;
    }

    /// <summary>
    /// Runs it to its own end, which is the shell's: what it left in the background stays, and is not waited for. When it is cancelled, all of
    /// it is told to end, and a little later made to.
    /// </summary>
    /// <param name="environment">as <c>NAME=VALUE</c></param>
    /// <exception cref="IOException">it does not start</exception>
    /// <exception cref="OperationCanceledException">it was cancelled, and nothing of it is left</exception>
    public static Task<HookEnd> RunAsync(HookCommand command, IReadOnlyList<string> environment, ActivationOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(command, environment, options, time, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static HookEnd Run(HookCommand command, IReadOnlyList<string> environment, ActivationOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        (int id, SafeFileHandle pipe) = PosixProcess.Start(HookCommand.Shell, command.ToArguments(), environment);
        using FileStream said = new(pipe, FileAccess.Read, bufferSize: 0);
        HookProcess process = new(id, said);
        try
        {
            return process.WaitForEnd(cancellationToken);
        }
        catch
        {
            process.End(options.TerminationMax, time);
            throw;
        }
    }

    private HookEnd WaitForEnd(CancellationToken cancellationToken)
    {
        while (!HasEnded())
        {
            cancellationToken.ThrowIfCancellationRequested();
            TakeOutput(LookInterval);
        }

        TakeOutput(TimeSpan.Zero); // its last words; somebody in the background may hold the pipe open for ever
        return HookEnd.FromStatus(_status!.Value, _output.LastLines());
    }

    private bool HasEnded() => (_status ??= PosixProcess.TryReap(_id)) is not null;

    /// <summary>Waits for output a while, and takes what there is.</summary>
    private void TakeOutput(TimeSpan wait)
    {
        if (_isPipeEnded)
        {
            Thread.Sleep(wait);
        }
        else if (PosixProcess.IsReadable(_said.SafeFileHandle, wait))
        {
            int length = _said.Read(_buffer);
            _output.Append(_buffer.AsSpan(0, length));
            _isPipeEnded = length == 0;
        }
    }

    /// <summary>Goes on taking output: who is to end may first want to say something.</summary>
    private void End(TimeSpan terminationMax, TimeProvider time)
    {
        long startedAt = time.GetTimestamp();
        PosixProcess.TrySignalGroup(_id, PosixProcess.Terminate);
        while (IsAnybodyLeft() && time.GetElapsedTime(startedAt) < terminationMax)
        {
            TakeOutput(LookInterval);
        }

        PosixProcess.TrySignalGroup(_id, PosixProcess.Kill);
        while (!HasEnded())
        {
            TakeOutput(LookInterval);
        }
    }

    /// <summary>The shell itself counts as long as nobody has taken note of its end.</summary>
    private bool IsAnybodyLeft() => !HasEnded() || PosixProcess.TrySignalGroup(_id, 0);
}
