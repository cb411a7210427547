using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Murder.PeerHost;

/// <summary>
/// A process of its own that joins a channel of the deployer's with the swarm port of an agent on the same host (<see cref="Contract.AgentProtocol.PipeArguments"/>),
/// so that the seeder reaches that agent where nothing but SSH gets through. It understands nothing of what it passes on: that is between the
/// seeder and the agent, who check each other as any two peers do.
/// </summary>
internal static class PortPipe
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Returns the exit code, when either side has ended.</summary>
    /// <param name="mark">told, on a line of its own, at the beginning. The port is connected to at the first byte: a peer waits for nobody for long.</param>
    public static int Run(string port, string mark, Stream input, Stream output, Action<string> warn)
    {
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is 0 or > IPEndPoint.MaxPort)
        {
            warn($"'{port}' is no port");
            return ExitCode.Usage;
        }

        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        byte[] first = new byte[BufferBytes];
        int length;
        try
        {
            output.Write([.. System.Text.Encoding.UTF8.GetBytes(mark), (byte)'\n']);
            length = input.Read(first);
            if (length == 0)
            {
                return ExitCode.Done;
            }

            socket.Connect(IPAddress.Loopback, number);
            socket.Send(first.AsSpan(0, length));
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            warn($"port {port} of this host: {e.Message}");
            return ExitCode.NotConnected;
        }

        using NetworkStream peer = new(socket);
        TaskCompletionSource end = new();
        Copy("to the peer", input, peer, end);
        Copy("from the peer", peer, output, end);
        end.Task.Wait();
        return ExitCode.Done; // the process ends, and with it the thread that still waits
    }

    /// <summary>On a thread of its own: reading stdin blocks, and cannot be called off.</summary>
    private static void Copy(string name, Stream from, Stream to, TaskCompletionSource end) => new Thread(() =>
    {
        try
        {
            from.CopyTo(to, BufferBytes);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Expected: whoever it was is gone.
        }

        end.TrySetResult();
    }) { IsBackground = true, Name = name }.Start();
}
