using System.ComponentModel;
using System.Diagnostics;

namespace Murder.Deploy;

/// <summary>A child process of the deployer. Disposing kills it and its descendants, by their ids, if it does not end by itself.</summary>
internal sealed class ProcessRemoteShell : IRemoteShell
{
    private static readonly TimeSpan s_exitMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastWordsMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Exit codes above this are 128 + the number of a signal.</summary>
    private const int SignalExitCode = 128;

    private readonly Process _process;
    private readonly OutputPump _pump;
    private readonly Task _errorPump;
    private readonly ErrorTail _errors = new();
    private readonly TimeProvider _time;
    private int _disposed;

    private ProcessRemoteShell(Process process, string name, TimeProvider time)
    {
        _process = process;
        _time = time;
        Input = new InputStream(process.StandardInput.BaseStream, work => DedicatedThread.RunAsync($"agent in {name}", work));
        _pump = new OutputPump($"agent out {name}", process.StandardOutput.BaseStream);
        _errorPump = DedicatedThread.RunAsync($"agent err {name}", () => PumpErrors(process.StandardError.BaseStream));
        Exited = WatchAsync();
    }

    public Stream Input { get; }

    public Stream Output => _pump.Output;

    public string ErrorText => _errors.ToString();

    public Task<int?> Exited { get; }

    public int ProcessId => _process.Id;

    /// <exception cref="IOException">it does not start</exception>
    public static ProcessRemoteShell Start(ProcessStartInfo start, string name, TimeProvider time)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        try
        {
            return new ProcessRemoteShell(Process.Start(start)!, name, time);
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{start.FileName} does not start: {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        if (!await WithinAsync(Task.WhenAll(Input.DisposeAsync().AsTask(), Exited)).ConfigureAwait(false))
        {
            _process.Kill(entireProcessTree: true);
        }

        // A descendant that left the tree may hold the pipes open; then the pumps' threads end when it does.
        await WithinAsync(Task.WhenAll(Exited, _pump.Completed, _errorPump)).ConfigureAwait(false);
        await Output.DisposeAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<int?> WatchAsync()
    {
        try
        {
            await _process.WaitForExitAsync().ConfigureAwait(false);
            await Task.WhenAny(_errorPump, Task.Delay(s_lastWordsMax, _time)).ConfigureAwait(false); // why it ended may still be in the pipe
            return _process.ExitCode > SignalExitCode ? null : _process.ExitCode;
        }
        catch (InvalidOperationException)
        {
            return null; // disposed before it ended, after all patience
        }
    }

    private void PumpErrors(Stream errors)
    {
        byte[] buffer = new byte[1024];
        int read;
        while ((read = errors.Read(buffer)) > 0)
        {
            _errors.Append(buffer.AsSpan(0, read));
        }
    }

    private async Task<bool> WithinAsync(Task task)
    {
        try
        {
            await task.WaitAsync(s_exitMax, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // expected: a pipe that broke while it was read
        }

        return true;
    }
}
