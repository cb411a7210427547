using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Murder.Swarm.IO.Tests;

/// <summary>A real tracker on a loopback port, for the length of one test.</summary>
internal sealed class RunningTracker : IAsyncDisposable
{
    public const string Secret = "0123456789abcdef0123456789abcdef";

    public static readonly InfoHash Torrent = new(Hash256.Of("a torrent"u8));

    private readonly Task _running;

    public RunningTracker(TrackerServerOptions? options = null, IPAddress? listenAddress = null, MemberTls? security = null)
    {
        Server = new TrackerServer(Torrent, Secret, seed: 1, TimeProvider.System, listenAddress, security, options ?? TrackerServerOptions.Default);
        _running = Server.RunAsync(CancellationToken.None);
    }

    public TrackerServer Server { get; }

    public Uri Url => Server.AnnounceUrl(IPAddress.Loopback);

    public static PeerId Id(int number) => PeerId.Create(new SwarmRandom((ulong)number));

    public static AnnounceRequest Request(int number, long left = 1) =>
        new(Torrent.Truncated(), Id(number), 10_000 + number, 0, 0, left, AnnounceEvent.Started, 50);

    public async Task<Socket> ConnectAsync(IPAddress? address = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address ?? IPAddress.Loopback, Server.Port);
        return socket;
    }

    /// <summary>Sends text as it is and returns all that comes until the tracker closes.</summary>
    public async Task<string> ExchangeAsync(string text)
    {
        using Socket socket = await ConnectAsync();
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (SocketException)
        {
            // It may close before it has read everything.
        }

        return await ReadToEndAsync(socket);
    }

    public static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, deadline.Token) is > 0 and var read)
            {
                text.Append(Encoding.Latin1.GetString(buffer.AsSpan(0, read)));
            }
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _running;
    }
}
