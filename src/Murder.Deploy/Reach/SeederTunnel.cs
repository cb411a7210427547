using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// The seeder's way to one host that reaches no port of this machine: a port of loopback here, which the seeder connects to as to any peer, joined
/// with the agent's swarm port there. No port of SSH's own forwarding: with that one reader who is slow holds up all that shares its connection,
/// and many hosts forbid it. Whoever else of this machine connects to the port meets what he would meet at the agent's port.
/// </summary>
/// <param name="openPipe">to the agent's swarm port</param>
internal sealed class SeederTunnel(TargetHost host, Func<CancellationToken, Task<PortPipeShell>> openPipe, TimeProvider time)
{
    private const int CopyBytes = 128 * 1024;

    /// <summary>What may wait here between the seeder and the shell: more would only hold back what is more urgent by then.</summary>
    private const int UnsentBytesMax = 128 * 1024;

    /// <summary>The seeder is on this machine, and has nothing to wait for but its turn.</summary>
    private static readonly TimeSpan s_seederMax = TimeSpan.FromSeconds(10);

    /// <summary>A thread that writes to a dead link may take minutes to learn of it. It ends then, with nobody to wait for it.</summary>
    private static readonly TimeSpan s_endMax = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Until cancelled. A connection of the seeder goes before the one that was there: it comes anew when that one is of no use to it.
    /// </summary>
    /// <param name="meet">tells the seeder where to connect to</param>
    /// <param name="joined">told when it has</param>
    /// <exception cref="HostException">there is no pipe, or the seeder does not come</exception>
    public async Task RunAsync(Func<IPEndPoint, Task> meet, Action joined, CancellationToken cancellationToken)
    {
        // Before the seeder connects: it does not wait as long as a login may take.
        Task<PortPipeShell> opening = openPipe(cancellationToken);
        Socket? seeder = null;
        Joint? joint = null;
        try
        {
            await opening.ConfigureAwait(false);
            using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = UnsentBytesMax };
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(backlog: 2);
            await meet((IPEndPoint)listener.LocalEndPoint!).ConfigureAwait(false);
            seeder = await AcceptFirstAsync(listener, cancellationToken).ConfigureAwait(false);
            joined();
            while (true)
            {
                Task<Socket> next = listener.AcceptAsync(cancellationToken).AsTask();
                if (await Task.WhenAny(next, opening).ConfigureAwait(false) == opening)
                {
                    joint = new Joint(host.Name, time, seeder, await opening.ConfigureAwait(false), cancellationToken);
                    seeder = null;
                }

                seeder?.Dispose();
                seeder = await next.ConfigureAwait(false);
                if (joint is not null)
                {
                    await joint.DisposeAsync().ConfigureAwait(false);
                    joint = null;
                    opening = openPipe(cancellationToken);
                }
            }
        }
        finally
        {
            seeder?.Dispose();
            if (joint is not null)
            {
                await joint.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                await DiscardAsync(opening).ConfigureAwait(false);
            }
        }
    }

    private async Task<Socket> AcceptFirstAsync(Socket listener, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(s_seederMax, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await listener.AcceptAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HostException(HostFailure.SwarmStalled, $"{host.Name}: the seeder has no room for one more peer");
        }
    }

    private static async Task DiscardAsync(Task<PortPipeShell> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully)
        {
            await (await opening.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One connection of the seeder and the pipe it is joined with, until either ends, or this is disposed.</summary>
    private sealed class Joint : IAsyncDisposable
    {
        private readonly TimeProvider _time;
        private readonly CancellationTokenSource _end;
        private readonly Task _running;

        public Joint(string name, TimeProvider time, Socket seeder, PortPipeShell pipe, CancellationToken cancellationToken)
        {
            _time = time;
            _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _running = RunAsync(name, seeder, pipe);
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
            _end.Dispose();
        }

        /// <summary>Never faults.</summary>
        private async Task RunAsync(string name, Socket seeder, PortPipeShell pipe)
        {
            seeder.NoDelay = true;
            NetworkStream stream = new(seeder, ownsSocket: true);

            // Writing to a shell blocks, so the direction that has the bytes of the release gets a thread.
            Task there = DedicatedThread.RunAsync($"tunnel {name}", () => stream.CopyTo(pipe.Input, CopyBytes));
            Task back = CopyBackAsync(pipe, stream, _end.Token);
            await Task.WhenAny(there, back, Task.Delay(Timeout.InfiniteTimeSpan, _end.Token)).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
            await pipe.DisposeAsync().ConfigureAwait(false);
            Task both = Task.WhenAll(there, back);
            await Task.WhenAny(both, Task.Delay(s_endMax, _time)).ConfigureAwait(false);
            _ = both.Exception; // how they ended says nothing that is not known
        }

        private static async Task CopyBackAsync(PortPipeShell pipe, NetworkStream stream, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(pipe.First, cancellationToken).ConfigureAwait(false);
            await pipe.Output.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
        }
    }
}
