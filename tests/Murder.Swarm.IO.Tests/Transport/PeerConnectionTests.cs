using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Murder.Swarm.IO.Tests;

#pragma warning disable CA1001 // xunit disposes of it through IAsyncLifetime
public sealed class PeerConnectionTests : IAsyncLifetime
{
    private readonly DriverInbox _inbox = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient _other = new();
    private PeerConnection? _connection;
    private Task? _run;

    public async Task InitializeAsync()
    {
        _listener.Start();
        Task<Socket> accept = _listener.AcceptSocketAsync();
        await _other.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
        SwarmDriverOptions options = new() { Seed = 1, SendQueueBytesMax = 1_000_000, CloseTimeout = TestSwarm.Patience };
        PeerServices services = new(_inbox, new BlockPool(1), null!, options, TimeProvider.System);
        _connection = new PeerConnection(new PeerSlot(3, 4), isOutgoing: false, PeerDialer.ToStream(await accept), services);
        _run = _connection.RunAsync();
    }

    public async Task DisposeAsync()
    {
        _connection!.Abort(CloseReason.Stopping);
        await _run!;
        _connection.Dispose();
        _other.Dispose();
        _listener.Stop();
    }

    [Fact]
    public async Task What_was_queued_before_the_close_is_still_sent()
    {
        byte[] last = new byte[300_000];
        new Random(1).NextBytes(last);
        _connection!.Queue(Outgoing.OfBytes(last));
        _connection.Close(CloseReason.NothingToDo);

        using MemoryStream received = new();
        await _other.GetStream().CopyToAsync(received);
        await _run!;

        Assert.Equal(last, received.ToArray());
        Assert.Equal([CloseReason.NothingToDo], Lost());
    }

    [Fact]
    public async Task A_peer_that_does_not_read_what_it_makes_us_say_is_dropped()
    {
        while (!_run!.IsCompleted)
        {
            _connection!.Queue(Outgoing.OfBytes(new byte[10_000]));
            _connection.Flush();
            await Task.Yield();
        }

        await _run;
        Assert.Equal([CloseReason.TimedOut], Lost());
    }

    [Fact]
    public async Task The_other_sides_end_is_ours()
    {
        _other.Close();

        await _run!.WaitAsync(TestSwarm.Patience);

        Assert.Equal([CloseReason.Lost], Lost());
    }

    // SslStream throws it of a member whose TLS is right until the handshake is over.
    [Fact]
    public async Task What_is_wrong_after_the_TLS_handshake_ends_the_connection_only()
    {
        PeerServices services = new(_inbox, new BlockPool(1), null!, new SwarmDriverOptions { Seed = 1 }, TimeProvider.System);
        using PeerConnection connection = new(new PeerSlot(3, 4), isOutgoing: false, new StreamOfALiar(), services);

        await connection.RunAsync().WaitAsync(TestSwarm.Patience);

        Assert.Equal([CloseReason.Lost], Lost());
    }

    private IEnumerable<CloseReason> Lost()
    {
        while (_inbox.TryTake(out DriverInput input))
        {
            Assert.Equal(SwarmInputKind.PeerLost, input.Session.Kind);
            Assert.Equal(new PeerSlot(3, 4), input.Session.Slot);
            yield return input.Session.Reason;
        }
    }

    private sealed class StreamOfALiar : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new AuthenticationException("a message that has no place here");
    }
}
