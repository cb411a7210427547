using System.Runtime.InteropServices;

namespace Murder.Build.Tasks;

/// <summary>
/// Lets a deploy clean up when the build is told to go: SIGTERM (a cancelled CI job) and SIGHUP (a closed terminal). MSBuild knows only Ctrl-C; on
/// SIGTERM the dotnet command would exit at once, and with code 0 (dotnet/sdk#50983). Handlers run newest first, so this one, made when a task
/// starts, holds the process until the task has ended, and then exits with 128 + the signal's number.
/// </summary>
internal sealed class TerminationSignals : IDisposable
{
    /// <summary>Longest wait for the clean-up. Most supervisors send SIGKILL after 30 s or so; agents then end by themselves.</summary>
    private static readonly TimeSpan CleanUpMax = TimeSpan.FromSeconds(25);

    /// <summary>For MSBuild's loggers, which write on their own threads, to say the last words of the task.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation;
    private readonly ManualResetEventSlim _cleanedUp = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private bool _terminating;
    private bool _ended;

    public TerminationSignals(CancellationTokenSource cancellation)
    {
        _cancellation = cancellation;
        if (!OperatingSystem.IsWindows())
        {
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Terminate(context, 15)));
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Terminate(context, 1)));
        }
    }

    /// <summary>The task has ended. When a signal ended it this does not return: MSBuild would finish first, with an exit code of its own.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended = !_terminating;
        }

        _cleanedUp.Set();
        if (!_ended)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        _registrations.ForEach(registration => registration.Dispose());
        _cleanedUp.Dispose();
    }

    private void Terminate(PosixSignalContext context, int number)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _terminating = true;
        }

        context.Cancel = true;
        _cancellation.Cancel();
        _cleanedUp.Wait(CleanUpMax);
        Thread.Sleep(LastWords);
        Environment.Exit(128 + number);
    }
}
