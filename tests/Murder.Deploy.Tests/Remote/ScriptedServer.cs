using System.Net;
using System.Net.Sockets;

namespace Murder.Deploy.Tests;

/// <summary>A TCP server on loopback that does to each connection what the test says, then closes it.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;

    /// <param name="serve">the stream, and the number of the connection from 1</param>
    public ScriptedServer(Func<NetworkStream, int, Task> serve)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Accepting = AcceptAsync(serve);
    }

    public int Port { get; }

    public int Connections => Volatile.Read(ref _connections);

    public Task FirstConnection => _first.Task;

    private Task Accepting { get; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(Func<NetworkStream, int, Task> serve)
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _ = ServeAsync(client, serve, Interlocked.Increment(ref _connections));
                _first.TrySetResult();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed
        }
    }

    private static async Task ServeAsync(TcpClient client, Func<NetworkStream, int, Task> serve, int connection)
    {
        using (client)
        {
            try
            {
                await serve(client.GetStream(), connection);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // the other side closed first
            }
        }
    }
}
