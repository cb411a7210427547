using System.Net;
using System.Net.Sockets;

namespace Murder.Swarm.IO;

/// <summary>Accepts peers on the first free port of a range. Nothing that happens to one connection, and no shortage, ends it.</summary>
public sealed class PeerListener : IDisposable
{
    private const int Backlog = 512;

    /// <summary>After an error that is not about one connection (no descriptor free), so as not to spin.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;

    /// <param name="port">the first port that is tried; 0 lets the system choose</param>
    /// <exception cref="SocketException">none of the ports is free, or this user may not listen there</exception>
    public PeerListener(IPAddress address, int port, int portsTried)
    {
        // A machine without IPv6 has no dual stack.
        bool dualStack = address.Equals(IPAddress.IPv6Any) && Socket.OSSupportsIPv6;
        address = address.Equals(IPAddress.IPv6Any) && !dualStack ? IPAddress.Any : address;
        int last = port == 0 ? 0 : Math.Min(port + Math.Max(portsTried, 1) - 1, IPEndPoint.MaxPort);
        while (true)
        {
            // .NET sets SO_REUSEADDR on Unix, where it allows a port in TIME_WAIT but none that is listened on, and leaves it unset on
            // Windows, where it would allow stealing a port.
            _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (dualStack)
                {
                    _socket.DualMode = true;
                }

                _socket.Bind(new IPEndPoint(address, port));
                _socket.Listen(Backlog);
                Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied && port < last)
            {
                _socket.Dispose();
                port++;
            }
            catch
            {
                _socket.Dispose();
                throw;
            }
        }
    }

    public int Port { get; }

    /// <summary>Hands over connections until cancelled. The caller of <paramref name="accepted"/> gives the socket away.</summary>
    public async Task AcceptAsync(Func<Socket, Task> accepted, TimeProvider time, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await accepted(await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException || (e is ObjectDisposedException && cancellationToken.IsCancellationRequested))
            {
                return; // expected: whoever cancels disposes of the listener next, which may come between our look and our wait
            }
            catch (SocketException)
            {
                // Expected: the connection was reset while it waited, or no descriptor or memory is free just now.
                await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
