using System.Net;
using System.Net.Sockets;

namespace Murder.Deploy;

/// <summary>
/// The seeder's way to one host that reaches no port of this machine: a port of loopback here, which the seeder connects to as to any peer, joined
/// with the agent's swarm port there. No port of SSH's own forwarding: with that one reader who is slow holds up all that shares its connection,
/// and many hosts forbid it. The bytes are those of two peers who check each other, so whoever else connects to the port here gets nothing.
/// </summary>
/// <param name="agentPath">of the agent's file on the host</param>
/// <param name="port">that the agent listens on</param>
internal sealed class SeederTunnel(IShellConnector shells, TargetHost host, string agentPath, int port, TimeProvider time)
{
    private const int CopyBytes = 128 * 1024;

    /// <summary>What may wait here between the seeder and the shell: more would only hold back what is more urgent by then.</summary>
    private const int UnsentBytesMax = 128 * 1024;

    /// <summary>Until cancelled. The seeder connects again when a connection ends before the host has everything.</summary>
    /// <param name="meet">tells the seeder where to connect to</param>
    /// <exception cref="HostException">there is no pipe</exception>
    public async Task RunAsync(Func<IPEndPoint, Task> meet, CancellationToken cancellationToken)
    {
        PortPipeShell? pipe = null;
        try
        {
            // Before the seeder connects: it does not wait as long as a login may take.
            pipe = await OpenAsync(cancellationToken).ConfigureAwait(false);
            using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = UnsentBytesMax };
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(backlog: 2);
            await meet((IPEndPoint)listener.LocalEndPoint!).ConfigureAwait(false);
            while (true)
            {
                using Socket seeder = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
                pipe ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
                await JoinAsync(seeder, pipe, cancellationToken).ConfigureAwait(false);
                await pipe.DisposeAsync().ConfigureAwait(false);
                pipe = null;
            }
        }
        finally
        {
            if (pipe is not null)
            {
                await pipe.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private Task<PortPipeShell> OpenAsync(CancellationToken cancellationToken) => PortPipeShell.OpenAsync(shells, host, agentPath, port, time, cancellationToken);

    /// <summary>Until either side ends.</summary>
    private async Task JoinAsync(Socket seeder, PortPipeShell pipe, CancellationToken cancellationToken)
    {
        seeder.NoDelay = true;
        using NetworkStream stream = new(seeder);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Writing to a shell blocks, so the direction that has the bytes of the release gets a thread.
        Task there = DedicatedThread.RunAsync($"tunnel {host.Name}", () => stream.CopyTo(pipe.Input, CopyBytes));
        Task back = CopyBackAsync(pipe, stream, end.Token);
        Task first = await Task.WhenAny(there, back, Task.Delay(Timeout.InfiniteTimeSpan, end.Token)).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        seeder.Close();
        await back.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first != there)
        {
            await pipe.DisposeAsync().ConfigureAwait(false); // the thread may be in the middle of a write that ends by this only
        }

        await there.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task CopyBackAsync(PortPipeShell pipe, NetworkStream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(pipe.First, cancellationToken).ConfigureAwait(false);
        await pipe.Output.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }
}
