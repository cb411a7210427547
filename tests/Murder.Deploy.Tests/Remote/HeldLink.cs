using System.Net;
using System.Net.Sockets;

namespace Murder.Deploy.Tests;

/// <summary>The way to a port of this machine, which passes on so many bytes of each connection and then none until it is told to go on.</summary>
internal sealed class HeldLink : IDisposable
{
    private readonly ScriptedServer _server;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HeldLink(int port, int bytesMax) => _server = new ScriptedServer(async (client, _) =>
    {
        using TcpClient target = new();
        await target.ConnectAsync(IPAddress.Loopback, port);
        await Task.WhenAny(PassAsync(client, target.GetStream(), bytesMax), target.GetStream().CopyToAsync(client));
    });

    public int Port => _server.Port;

    /// <summary>Done when a connection has come to that.</summary>
    public Task Held => _held.Task;

    public void GoOn() => _released.TrySetResult();

    public void Dispose() => _server.Dispose();

    private async Task PassAsync(NetworkStream from, NetworkStream to, int bytesMax)
    {
        byte[] buffer = new byte[16 * 1024];
        int read;
        while (bytesMax > 0 && (read = await from.ReadAsync(buffer.AsMemory(0, Math.Min(bytesMax, buffer.Length)))) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, read));
            bytesMax -= read;
        }

        _held.TrySetResult();
        await _released.Task;
        await from.CopyToAsync(to);
    }
}
