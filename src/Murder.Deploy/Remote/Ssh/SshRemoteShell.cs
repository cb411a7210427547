using Renci.SshNet;
using Renci.SshNet.Common;

namespace Murder.Deploy;

/// <summary>
/// One <c>sh</c> over one SSH connection with one exec channel; the script comes over stdin. Owns the client.
/// </summary>
internal sealed class SshRemoteShell : IRemoteShell
{
    /// <summary>Disposing gives up on a dead link after this; what still hangs then is a background thread of SSH.NET, which ends by its own timeouts.</summary>
    private static readonly TimeSpan s_disposeMax = TimeSpan.FromSeconds(1.5);

    private readonly SshClient _client;
    private readonly SshCommand _command;
    private readonly OutputPump _pump;
    private readonly ErrorTail _errors = new();
    private readonly Lock _errorsLock = new();
    private readonly TaskCompletionSource<int?> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watching;
    private readonly TimeProvider _time;
    private int _disposed;

    private SshRemoteShell(SshClient client, SshCommand command, Task run, Stream input, string name, ReusedThreads writers, TimeProvider time)
    {
        _client = client;
        _command = command;
        _time = time;
        Input = new InputStream(input, writers.RunAsync);
        _watching = WatchAsync(run);
        _pump = new OutputPump($"ssh out {name}", command.OutputStream, DrainErrors);
    }

    public Stream Input { get; }

    public Stream Output => _pump.Output;

    public string ErrorText
    {
        get
        {
            DrainErrors();
            return _errors.ToString();
        }
    }

    public Task<int?> Exited => _exited.Task;

    /// <summary>Starts the shell on a connected client, whose ownership passes with success. Blocks for two round trips.</summary>
    /// <param name="shell">what the login's shell is to become</param>
    /// <param name="writers">of all shells</param>
    /// <exception cref="SshException">the server opens no session</exception>
    public static SshRemoteShell Start(SshClient client, string shell, string name, ReusedThreads writers, TimeProvider time)
    {
        SshCommand command = client.CreateCommand(shell);
        try
        {
            command.CommandTimeout = Timeout.InfiniteTimeSpan;
            Task run = command.ExecuteAsync(CancellationToken.None); // opens the channel before it returns
            if (run.IsFaulted)
            {
                run.GetAwaiter().GetResult();
            }

            return new SshRemoteShell(client, command, run, OpenInput(command), name, writers, time);
        }
        catch
        {
            command.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        try
        {
            await DedicatedThread.RunAsync("ssh close", Close).WaitAsync(s_disposeMax, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // expected on a dead link: the thread goes on alone and ends with SSH.NET's own timeouts
        }

        _exited.TrySetResult(null);
        await _watching.ConfigureAwait(false);
        await Output.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>In this order: disposing the client first leaves readers of the command hanging for ever.</summary>
    private void Close()
    {
        Input.Dispose();
        _command.Dispose();
        _client.Dispose();
    }

    /// <summary>A command that has ended already takes no input: what is written then goes where it would go in a pipe without a reader.</summary>
    private static Stream OpenInput(SshCommand command)
    {
        try
        {
            return new SureEndStream(command.CreateInputStream());
        }
        catch (InvalidOperationException)
        {
            return Stream.Null;
        }
    }

    private async Task WatchAsync(Task run)
    {
        await Task.WhenAny(run, _exited.Task).ConfigureAwait(false);
        _exited.TrySetResult(run.IsCompletedSuccessfully ? _command.ExitStatus : null);
        _ = run.Exception; // a lost connection faults it; that is said by the null above
    }

    /// <summary>stderr is read whenever stdout was: SSH.NET keeps all of it until then, and a third thread for each host would be too many.</summary>
    private void DrainErrors()
    {
        lock (_errorsLock)
        {
            try
            {
                Stream errors = _command.ExtendedOutputStream;
                while (errors.Length > 0)
                {
                    byte[] buffer = new byte[1024];
                    _errors.Append(buffer.AsSpan(0, errors.Read(buffer)));
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or IOException or SshException or NullReferenceException)
            {
                // expected after disposal: the words collected so far are all there will be
            }
        }
    }

    /// <summary>SSH.NET sends the end of stdin only if a byte was written before it; without, the other side waits for ever.</summary>
    private sealed class SureEndStream(Stream channel) : Stream
    {
        private bool _written;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            channel.Write(buffer, offset, count);
            _written |= count > 0;
        }

        public override void Flush() => channel.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                if (!_written)
                {
                    channel.Write("\n"u8);
                }

                channel.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
