using System.Net;
using System.Net.Sockets;

namespace Murder.PeerHost.Tests;

/// <summary>
/// Stands before a listener on loopback and relays to it. What the listener sends passes until so many bytes have, then nothing more does until
/// <see cref="Open"/>: a transfer that is in the middle for as long as a test needs.
/// </summary>
internal sealed class ByteGate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _targetPort;
    private readonly Task _accepting;
    private readonly List<Task> _relays = [];
    private long _bytesLeft;

    public ByteGate(int targetPort, long bytes)
    {
        _targetPort = targetPort;
        _bytesLeft = bytes;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Bytes that went through from the listener.</summary>
    public long BytesPassed { get; private set; }

    public void Open() => _opened.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_relays);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task RelayAsync(TcpClient near)
    {
        using TcpClient far = new();
        using (near)
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _targetPort, _stopping.Token);
                Task up = near.GetStream().CopyToAsync(far.GetStream(), _stopping.Token);
                Task down = CopyGatedAsync(far.GetStream(), near.GetStream());
                await Task.WhenAny(up, down);
                near.Close();
                far.Close();
                await Task.WhenAll(up, down);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // One side went away.
            }
        }
    }

    private async Task CopyGatedAsync(NetworkStream from, NetworkStream to)
    {
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stopping.Token)) > 0)
        {
            if (Interlocked.Add(ref _bytesLeft, -read) < 0)
            {
                await _opened.Task.WaitAsync(_stopping.Token);
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
            BytesPassed += read;
        }
    }
}
