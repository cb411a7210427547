using System.Threading.Channels;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// Sends commands to one agent, in order, from <see cref="Begin"/> on, and without making the sender wait: a fetch command of many megabytes over a slow link must not
/// hold up the other hosts. An agent that is gone is not reported here: the reading side sees the same loss, and knows the agent's last words.
/// Whatever else keeps a command from being sent ends <see cref="Broken"/>, since the agent would wait for it and answer pings for ever.
/// </summary>
internal sealed class HostLink : IAsyncDisposable
{
    private readonly Channel<Func<AgentCommand>> _commands = System.Threading.Channels.Channel.CreateUnbounded<Func<AgentCommand>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<HostException> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _sending;

    public HostLink(AgentChannel channel)
    {
        Channel = channel;
        _sending = Task.Run(SendAllAsync);
    }

    public AgentChannel Channel { get; }

    /// <summary>Ends when a command could not be sent although the agent is there; no later one will be.</summary>
    public Task<HostException> Broken => _broken.Task;

    /// <summary>Commands that are not sent yet. The agent orders none of them but its tracker's answers, so that is what bounds those.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void Send(AgentCommand command) => Send(() => command);

    /// <param name="make">called when it is the command's turn</param>
    public void Send(Func<AgentCommand> make)
    {
        Interlocked.Increment(ref _waiting);
        _commands.Writer.TryWrite(make);
    }

    /// <summary>Commands are sent from now on.</summary>
    public void Begin() => _ready.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        _commands.Writer.TryComplete();
        await _end.CancelAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task SendAllAsync()
    {
        try
        {
            await _ready.Task.WaitAsync(_end.Token).ConfigureAwait(false);
            await foreach (Func<AgentCommand> make in _commands.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                await Channel.SendAsync(make(), _end.Token).ConfigureAwait(false);
                Interlocked.Decrement(ref _waiting);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or HostException { Failure: HostFailure.AgentLost or HostFailure.AgentEnded })
        {
            // Expected: the agent is gone or we are done.
        }
        catch (Exception e) // a command that cannot be sent as it is: a bug of ours, but on this host only
        {
            _broken.SetResult(e as HostException ?? new HostException(HostFailure.Bug, e.ToString(), e));
        }
    }
}
