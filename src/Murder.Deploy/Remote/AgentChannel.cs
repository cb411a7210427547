using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// The control channel to one running agent: commands out, events in, a heartbeat both ways. Thread-safe for sending; events have one reader.
/// Disposing closes the agent's stdin, which makes it clean up and exit, and ends the connection.
/// </summary>
public sealed class AgentChannel : IAsyncDisposable
{
    /// <summary>Takes over the shell, whose next marked line is the agent's hello, and waits for that.</summary>
    /// <exception cref="HostException">no hello, or of another protocol version</exception>
    public static Task<AgentChannel> OpenAsync(TargetHost host, IRemoteShell shell, TimeProvider time, CancellationToken cancellationToken) => throw new NotImplementedException();

    public TargetHost Host => throw new NotImplementedException();

    public AgentHello Hello => throw new NotImplementedException();

    public Task SendAsync(AgentCommand command, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The next event but pongs, which are kept here.</summary>
    /// <exception cref="HostException">the agent is lost: its stdout ended, or it was silent too long; carries its last words on stderr</exception>
    public ValueTask<AgentEvent> ReadAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
