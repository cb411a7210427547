using System.Net;
using System.Net.Sockets;

namespace Murder.Swarm.IO;

/// <summary>Opens connections, and prepares any connected socket for peer traffic.</summary>
internal static class PeerDialer
{
    /// <summary>Bytes that the kernel keeps of a connection besides what is on its way: a block, for more would only wait there.</summary>
    private const int UnsentBytesMax = 16 * 1024;

    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int TcpNotSentLowWatermark = 25; // TCP_NOTSENT_LOWAT of linux/tcp.h

    /// <summary>Null when nobody answers within <paramref name="timeout"/>.</summary>
    /// <exception cref="OperationCanceledException"/>
    public static async Task<Stream?> ConnectAsync(IPEndPoint endpoint, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        Socket? socket = null;
        try
        {
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endpoint, either.Token).ConfigureAwait(false);
            return ToStream(socket);
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Expected: refused, unreachable, silent, or gone again at once.
            socket?.Dispose();
            return null;
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Takes over the socket. Small messages go out at once. The buffers' sizes are left to the kernel: setting them turns its autotuning
    /// off. What waits there unsent is bounded instead: otherwise seconds of blocks that the session takes for sent would wait in it, ahead
    /// of what is more urgent by then.
    /// </summary>
    /// <exception cref="SocketException">the connection is gone already</exception>
    public static Stream ToStream(Socket socket)
    {
        socket.NoDelay = true;
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(TcpLevel, TcpNotSentLowWatermark, BitConverter.GetBytes(UnsentBytesMax));
        }

        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>The address as peers write it: one that arrived over a dual-stack socket is IPv4 if it really is.</summary>
    public static IPEndPoint Normalize(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;
}
