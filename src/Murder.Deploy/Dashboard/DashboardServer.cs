using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Murder.Deploy;

/// <summary>
/// Shows a run to browsers on this machine: HTTP on 127.0.0.1 only, on a port that the system chooses, with a secret in the path. Who does not know
/// the secret gets 404, and so does whoever calls us by a name that is not ours, as a page of the web does whose name was made to lead here.
/// </summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    /// <summary>More pages than anybody opens; further connections are closed unread.</summary>
    private const int ConnectionsMax = 32;

    private readonly ReportFeed _feed;
    private readonly TimeProvider _time;
    private readonly byte[] _secret = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _connections = []; // of the accepting loop, and of Dispose after it
    private readonly string[] _names;
    private readonly Task _accepting;
    private int _watchers;

    /// <param name="address">127.0.0.1, but in tests of what happens when there is none</param>
    /// <exception cref="SocketException">this machine lets nobody listen</exception>
    public DashboardServer(ReportFeed feed, TimeProvider time, IPAddress address)
    {
        _feed = feed;
        _time = time;
        try
        {
            _listener.Bind(new IPEndPoint(address, 0));
            _listener.Listen();
        }
        catch
        {
            _listener.Dispose();
            throw;
        }

        int port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _names = [$"127.0.0.1:{port}", $"localhost:{port}"];
        Url = $"http://127.0.0.1:{port}/{Encoding.ASCII.GetString(_secret)}/";
        _accepting = Task.Run(AcceptAsync);
    }

    public string Url { get; }

    /// <summary>Browsers that are being told what is new.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a bug in a page harms no deploy
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return; // the end; or no file descriptor is left, and then a page is the last thing this process needs
            }

            _connections.RemoveAll(connection => connection.IsCompleted);
            if (_connections.Count >= ConnectionsMax)
            {
                socket.Dispose();
                continue;
            }

            _connections.Add(Task.Run(() => ServeAsync(socket)));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using DashboardConnection connection = new(socket, _time, _end.Token);
        try
        {
            string? request = await connection.ReadRequestAsync(_names, _secret).ConfigureAwait(false);
            switch (request)
            {
                case "" when _feed.Latest is { } latest:
                    await connection.AnswerAsync(ReportPage.Render(latest.Report, isLive: true)).ConfigureAwait(false);
                    break;
                case "events":
                    await WatchAsync(connection).ConfigureAwait(false);
                    break;
                default:
                    await connection.RefuseAsync().ConfigureAwait(false);
                    break;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // expected: browsers go away or are too slow, and the deploy ends
        }
    }

    private async Task WatchAsync(DashboardConnection connection)
    {
        Interlocked.Increment(ref _watchers);
        try
        {
            await connection.StreamAsync(_feed).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _watchers);
        }
    }
}
