using System.Net;
using System.Net.Sockets;

namespace Murder.Swarm.IO;

/// <summary>
/// Takes in the connections that others open. The driver's loop sees one only when the other side has proved to be a member; until then
/// it stands on the doorstep, on a task of its own, and holds up neither the loop nor the next connection.
/// </summary>
/// <param name="isFull">whether one more member would be turned away by the loop: a glance, to save the handshake</param>
/// <param name="failed">told of a bug of ours</param>
internal sealed class PeerEntrance(PeerListener listener, DriverInbox inbox, Func<bool> isFull, SwarmDriverOptions options, TimeProvider time, Action<Exception> failed)
{
    private readonly Doorstep _doorstep = new(options.AuthenticationsMax, options.AuthenticationTimeout, time);
    private readonly TaskSet _handshakes = new(failed);

    /// <summary>Until cancelled. When it ends, no handshake is under way.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await listener.AcceptAsync(socket => TakeInAsync(socket, cancellationToken), time, cancellationToken).ConfigureAwait(false);
        await _handshakes.WhenAllEndedAsync().ConfigureAwait(false);
    }

    /// <summary>On the listener's task.</summary>
    private async Task TakeInAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            IPEndPoint endpoint = PeerDialer.Normalize((IPEndPoint)socket.RemoteEndPoint!);
            Stream stream = PeerDialer.ToStream(socket);
            if (options.Security is null)
            {
                await HandOverAsync(new PeerChannel(stream, Member: null), endpoint).ConfigureAwait(false);
                return;
            }

            if (!isFull())
            {
                _handshakes.Run(() => AuthenticateAsync(stream, endpoint, cancellationToken));
                return;
            }
        }
        catch (SocketException)
        {
            // Expected: it is gone already.
        }

        socket.Dispose();
    }

    private async Task AuthenticateAsync(Stream stream, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        PeerChannel? channel = await _doorstep.StandAsync(
            stream,
            late => PeerChannel.OpenAsync(stream, isOutgoing: false, options.Security, late),
            cancellationToken).ConfigureAwait(false);
        if (channel is not null)
        {
            await HandOverAsync(channel, endpoint).ConfigureAwait(false);
        }
    }

    private async Task HandOverAsync(PeerChannel channel, IPEndPoint endpoint)
    {
        if (!await inbox.PostAsync(DriverInput.ConnectionOpened(channel, endpoint, isOutgoing: false)).ConfigureAwait(false))
        {
            await channel.Stream.DisposeAsync().ConfigureAwait(false);
        }
    }
}
