using System.Threading.Channels;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// Sends commands to one agent, in order and without making the sender wait: a fetch command of many megabytes over a slow link must not
/// hold up the other hosts. A send that fails is not reported here, since the reading side sees the same loss.
/// </summary>
internal sealed class HostLink : IAsyncDisposable
{
    private readonly Channel<AgentCommand> _commands = System.Threading.Channels.Channel.CreateUnbounded<AgentCommand>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private readonly Task _sending;

    public HostLink(AgentChannel channel)
    {
        Channel = channel;
        _sending = Task.Run(SendAllAsync);
    }

    public AgentChannel Channel { get; }

    public void Send(AgentCommand command) => _commands.Writer.TryWrite(command);

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
            await foreach (AgentCommand command in _commands.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                await Channel.SendAsync(command, _end.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HostException or ObjectDisposedException)
        {
            // Expected: the agent is gone or we are done.
        }
    }
}
