using System.Threading.Channels;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// The control channel to one running agent: commands out, events in, a heartbeat both ways. Thread-safe for sending; events have one reader.
/// Disposing closes the agent's stdin, which makes it clean up and exit, and ends the connection.
/// </summary>
public sealed class AgentChannel : IAsyncDisposable
{
    /// <summary>Events that wait for their reader; beyond, the agent has to wait.</summary>
    private const int EventsMax = 1024;

    /// <summary>A part of a metainfo that got through is a sign of life: it may need longer than the silence allows.</summary>
    private const int WriteChunkBytes = 128 * 1024;

    /// <summary>How long an agent may clean up with the connection still open. It goes on without.</summary>
    private static readonly TimeSpan s_exitMax = TimeSpan.FromSeconds(1.25);

    private readonly IRemoteShell _shell;
    private readonly LineReader _lines;
    private readonly TimeProvider _time;
    private readonly Channel<AgentEvent> _events = Channel.CreateBounded<AgentEvent>(new BoundedChannelOptions(EventsMax) { SingleReader = true, SingleWriter = true });
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _silence;
    private HostException? _lost;
    private volatile bool _listening;
    private Task _reading = Task.CompletedTask;
    private Task _pinging = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;
    private long _lastPong;
    private int _disposed;

    private AgentChannel(TargetHost host, IRemoteShell shell, LineReader lines, TimeProvider time)
    {
        Host = host;
        Hello = null!; // set before anybody gets the channel
        _shell = shell;
        _lines = lines;
        _time = time;
        _silence = new CancellationTokenSource(AgentProtocol.AgentSilenceMax, time);
    }

    public TargetHost Host { get; }

    public AgentHello Hello { get; private set; }

    /// <summary>Sequence of the last ping that the agent answered; 0 for none.</summary>
    public long LastPong => Interlocked.Read(ref _lastPong);

    /// <summary>Takes over the shell, whose next marked line is the agent's hello, and waits for that.</summary>
    /// <exception cref="HostException">no hello, or of another protocol version; the shell has been disposed</exception>
    public static Task<AgentChannel> OpenAsync(TargetHost host, IRemoteShell shell, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(host, shell, new LineReader(shell.Output, AgentProtocol.EventLineBytesMax), time, cancellationToken);

    /// <param name="lines">reads the shell's output and may have read ahead</param>
    internal static async Task<AgentChannel> OpenAsync(TargetHost host, IRemoteShell shell, LineReader lines, TimeProvider time, CancellationToken cancellationToken)
    {
        var channel = new AgentChannel(host, shell, lines, time);
        try
        {
            channel.Hello = await channel.ReadHelloAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        channel._reading = channel.ReadLoopAsync();
        channel._pinging = channel.PingLoopAsync();
        return channel;
    }

    /// <summary>A cancelled caller stops waiting, but a command once begun is written to its end, or the next command could not be understood.</summary>
    /// <exception cref="HostException">the agent is lost</exception>
    public async Task SendAsync(AgentCommand command, CancellationToken cancellationToken)
    {
        byte[] line = [.. AgentJson.Write(command), (byte)'\n'];
        if (line.Length > AgentProtocol.CommandLineBytesMax)
        {
            throw new HostException(HostFailure.ProtocolMismatch, $"{Host.Name}: a command of {line.Length} bytes is more than an agent takes ({AgentProtocol.CommandLineBytesMax})");
        }

        if (command.Trailer.Length > AgentProtocol.MetainfoBytesMax)
        {
            throw new HostException(HostFailure.MetainfoRefused, $"{Host.Name}: a metainfo of {command.Trailer.Length} bytes is more than an agent takes ({AgentProtocol.MetainfoBytesMax})");
        }

        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        Task writing = WriteAsync(line, command.Trailer);
        _writing = writing;
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The next event but pongs, which are kept here.</summary>
    /// <exception cref="HostException">the agent is lost: its stdout ended, or it was silent too long; carries its last words on stderr</exception>
    public async ValueTask<AgentEvent> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _events.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw _lost ?? new HostException(HostFailure.AgentLost, $"{Host.Name}: the channel to the agent is closed");
        }
    }

    /// <summary>Takes at most 3 seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await WithinAsync(Task.WhenAll(_shell.Input.DisposeAsync().AsTask(), _shell.Exited)).ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _shell.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        await _pinging.ConfigureAwait(false);
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _silence.Dispose();
        _closing.Dispose();
    }

    private async Task<AgentHello> ReadHelloAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _silence.Token);
        try
        {
            for (int count = 0; count < ShellMark.NoiseLinesMax; count++)
            {
                if (await _lines.ReadLineAsync(either.Token).ConfigureAwait(false) is not { } line)
                {
                    throw await EndedAsync().ConfigureAwait(false);
                }

                if (AgentJson.ReadEvent(line.Span) is AgentHello hello)
                {
                    return hello.Protocol == AgentProtocol.Version
                        ? hello
                        : throw new HostException(HostFailure.ProtocolMismatch, $"{Host.Name}: the agent {hello.Version} speaks protocol {hello.Protocol}, we speak {AgentProtocol.Version}");
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HostException(HostFailure.AgentLost, $"{Host.Name}: the agent did not begin to speak within {AgentProtocol.AgentSilenceMax.TotalSeconds:0} seconds{LastWords()}");
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new HostException(HostFailure.ProtocolMismatch, $"{Host.Name}: what answers is not an agent: {e.Message}{LastWords()}", e);
        }

        throw new HostException(HostFailure.ProtocolMismatch, $"{Host.Name}: what answers is not an agent{LastWords()}");
    }

    /// <summary>Silence counts only while we listen: an agent that waits for our reader is not lost.</summary>
    private async Task ReadLoopAsync()
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, _silence.Token);
        try
        {
            while (true)
            {
                _listening = true;
                Heard();
                if (await _lines.ReadLineAsync(either.Token).ConfigureAwait(false) is not { } line)
                {
                    _lost = await EndedAsync().ConfigureAwait(false);
                    break;
                }

                if (AgentJson.ReadEvent(line.Span) is not { } said)
                {
                    continue; // something else on the host wrote to our stdout
                }

                if (said is AgentPong pong)
                {
                    Interlocked.Exchange(ref _lastPong, pong.Sequence);
                    continue;
                }

                _listening = false;
                _silence.CancelAfter(Timeout.InfiniteTimeSpan);
                await _events.Writer.WriteAsync(said, _closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            _lost = _closing.IsCancellationRequested
                ? new HostException(HostFailure.AgentLost, $"{Host.Name}: the channel to the agent is closed")
                : new HostException(HostFailure.AgentLost, $"{Host.Name}: the agent said nothing for {AgentProtocol.AgentSilenceMax.TotalSeconds:0} seconds{LastWords()}");
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            _lost = new HostException(HostFailure.ProtocolMismatch, $"{Host.Name}: what answers is not an agent: {e.Message}{LastWords()}", e);
        }
        catch (Exception e)
        {
            _lost = new HostException(HostFailure.Bug, $"{Host.Name}: {e}", e); // or who waits for events would wait for ever
        }

        _events.Writer.TryComplete();
        await _closing.CancelAsync().ConfigureAwait(false); // who still writes would wait for ever
    }

    private async Task PingLoopAsync()
    {
        using var timer = new PeriodicTimer(AgentProtocol.PingInterval, _time);
        try
        {
            for (long sequence = 1; await timer.WaitForNextTickAsync(_closing.Token).ConfigureAwait(false); sequence++)
            {
                await SendAsync(new PingCommand(sequence), _closing.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HostException)
        {
            // expected: the channel closes, or the agent is gone, which the reader tells better
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> line, ReadOnlyMemory<byte> trailer)
    {
        try
        {
            await _shell.Input.WriteAsync(line, _closing.Token).ConfigureAwait(false);
            while (!trailer.IsEmpty)
            {
                int length = Math.Min(trailer.Length, WriteChunkBytes);
                await _shell.Input.WriteAsync(trailer[..length], _closing.Token).ConfigureAwait(false);
                trailer = trailer[length..];
                if (!trailer.IsEmpty && _listening)
                {
                    Heard(); // a short line proves nothing: a dead link takes some megabytes of them
                }
            }

            await _shell.Input.FlushAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            throw _lost ?? new HostException(HostFailure.AgentLost, $"{Host.Name}: the agent no longer listens{LastWords()}", e);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Starts the silence anew.</summary>
    private void Heard() => _silence.CancelAfter(AgentProtocol.AgentSilenceMax);

    private async Task<HostException> EndedAsync()
    {
        await WithinAsync(_shell.Exited).ConfigureAwait(false);
        int? code = _shell.Exited.IsCompleted ? await _shell.Exited.ConfigureAwait(false) : null;
        string how = code is null ? "the connection to the agent was lost, or the agent was killed" : $"the agent ended with exit code {code}";
        // Before it has said hello it is no agent of ours that ends, whatever its exit code.
        HostFailure failure = code == AgentProtocol.EndedExitCode && Hello is not null ? HostFailure.AgentEnded : HostFailure.AgentLost;
        return new HostException(failure, $"{Host.Name}: {how}{LastWords()}");
    }

    private string LastWords() => _shell.ErrorText is { Length: > 0 } words ? $"; its last words: {words}" : "";

    /// <summary>Waits for something that a dead link may hold up for ever.</summary>
    private async Task WithinAsync(Task task)
    {
        try
        {
            await task.WaitAsync(s_exitMax, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // expected: the other side is slow or gone
        }
    }
}
