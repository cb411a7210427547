using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using static Murder.Swarm.IO.Tests.RunningTracker;

namespace Murder.Swarm.IO.Tests;

public sealed class TrackerServerTests
{
    private const string Close = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private static string Announce(int number) => $"GET /{Secret}/announce?{Request(number).ToQuery()}";

    [Fact]
    public async Task It_answers_an_announce_and_tells_of_the_seeder()
    {
        await using var tracker = new RunningTracker();
        tracker.Server.AddLocalSeed(Id(99), 0x4142);
        string answer = await tracker.ExchangeAsync(Announce(1) + Close);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nd8:completei1e10:incompletei1e8:intervali1e12:min intervali1e5:peers6:\u007f\0\0\u0001AB6:peers60:e", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_answers_a_scrape()
    {
        await using var tracker = new RunningTracker();
        await tracker.ExchangeAsync(Announce(1) + Close);
        Assert.Contains("8:completei0e10:downloadedi0e10:incompletei1e", await tracker.ExchangeAsync($"GET /{Secret}/scrape{Close}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/announce")]
    [InlineData("/")]
    [InlineData("/00000000000000000000000000000000/announce")]
    [InlineData("/0123456789abcdef0123456789abcde/announce")]
    [InlineData("/0123456789abcdef0123456789abcdef0/announce")]
    [InlineData("/0123456789abcdef0123456789abcdef")]
    [InlineData("/0123456789abcdef0123456789abcdef/")]
    [InlineData("/0123456789abcdef0123456789abcdef/metrics")]
    public async Task Without_the_secret_nothing_is_there_and_every_wrong_way_gets_the_same_answer(string path)
    {
        await using var tracker = new RunningTracker();
        string query = Request(1).ToQuery();
        string answer = await tracker.ExchangeAsync($"GET {path}?{query} HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 30\r\nConnection: close\r\n\r\nd14:failure reason9:Not Founde", answer);
        Assert.Contains("10:incompletei0e", await tracker.ExchangeAsync($"GET /{Secret}/scrape{Close}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("announce?port=1", "failure reason")]
    [InlineData("announce", "failure reason")]
    [InlineData("announce?info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-MB0100-abcdefghijkl&port=1&left=0", "does not serve that torrent")]
    [InlineData("scrape?info_hash=aaaaaaaaaaaaaaaaaaaa", "does not serve that torrent")]
    public async Task A_wrong_announce_gets_a_bencoded_reason(string target, string expected)
    {
        await using var tracker = new RunningTracker();
        string answer = await tracker.ExchangeAsync($"GET /{Secret}/{target}{Close}");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("d14:failure reason", answer, StringComparison.Ordinal);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "405")]
    [InlineData("HEAD / HTTP/1.1\r\n\r\n", "405")]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "400")]
    [InlineData("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nBad header\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", "400")]
    [InlineData("GET / HTTP/2.0\r\n\r\n", "400")]
    [InlineData("GET http://elsewhere/ HTTP/1.1\r\n\r\n", "400")]
    [InlineData("hello\r\n\r\n", "400")]
    [InlineData("\r\n\r\n", "400")]
    [InlineData("\u0016\u0003\u0001\r\n\r\n", "400")]
    public async Task What_it_does_not_serve_it_refuses(string request, string status)
    {
        await using var tracker = new RunningTracker();
        Assert.StartsWith($"HTTP/1.1 {status} ", await tracker.ExchangeAsync(request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_beyond_its_bound_is_refused()
    {
        await using var tracker = new RunningTracker();
        Assert.StartsWith("HTTP/1.1 431 ", await tracker.ExchangeAsync("GET /" + new string('a', 20_000)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_connection_carries_many_requests_even_sent_together_and_in_small_pieces()
    {
        await using var tracker = new RunningTracker();
        using Socket socket = await tracker.ConnectAsync();
        string request = Announce(1) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        await socket.SendAsync(Encoding.Latin1.GetBytes(request + request));
        foreach (char c in request + Announce(1) + Close)
        {
            await socket.SendAsync(new[] { (byte)c });
        }

        Assert.Equal(4, (await ReadToEndAsync(socket)).Split("HTTP/1.1 200 OK").Length - 1);
    }

    [Fact]
    public async Task An_old_client_gets_its_answer_and_the_end_of_the_connection()
    {
        await using var tracker = new RunningTracker();
        Assert.Contains("Connection: close\r\n", await tracker.ExchangeAsync(Announce(1) + " HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_families_reach_it()
    {
        await using var tracker = new RunningTracker();
        if (!Socket.OSSupportsIPv6)
        {
            return;
        }

        using Socket socket = await tracker.ConnectAsync(IPAddress.IPv6Loopback);
        await socket.SendAsync(Encoding.Latin1.GetBytes(Announce(1) + Close));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await ReadToEndAsync(socket), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await tracker.ExchangeAsync(Announce(2) + Close), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_listens_only_where_it_is_told_to()
    {
        await using var tracker = new RunningTracker(listenAddress: IPAddress.Loopback);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await tracker.ExchangeAsync(Announce(1) + Close), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<SocketException>(() => tracker.ConnectAsync(IPAddress.IPv6Loopback));
    }

    [Theory]
    [InlineData("10.1.2.3", "http://10.1.2.3:")]
    [InlineData("::ffff:10.1.2.3", "http://10.1.2.3:")]
    [InlineData("2001:db8::1", "http://[2001:db8::1]:")]
    [InlineData("fe80::1%1", "http://[fe80::1]:")]
    public async Task Its_URL_has_the_address_the_port_and_the_secret(string address, string expected)
    {
        await using var tracker = new RunningTracker();
        Assert.Equal($"{expected}{tracker.Server.Port}/{Secret}/announce", tracker.Server.AnnounceUrl(IPAddress.Parse(address)).OriginalString);
    }

    [Fact]
    public async Task Slow_and_silent_connections_are_ended_and_hold_up_nobody()
    {
        await using var tracker = new RunningTracker(TrackerServerOptions.Default with { RequestTimeout = TimeSpan.FromSeconds(1) });
        var slow = new List<Socket>();
        for (int connection = 0; connection < 50; connection++)
        {
            Socket socket = await tracker.ConnectAsync();
            slow.Add(socket);
            if (connection % 2 == 0)
            {
                await socket.SendAsync("GET /x HTTP/1.1\r\nX: "u8.ToArray());
            }
        }

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await tracker.ExchangeAsync(Announce(1) + Close), StringComparison.Ordinal);
        foreach (Socket socket in slow)
        {
            Assert.Equal("", await ReadToEndAsync(socket)); // throws after a minute if it is not ended
            socket.Dispose();
        }
    }

    [Fact]
    public async Task Connections_beyond_the_bound_are_closed()
    {
        await using var tracker = new RunningTracker(TrackerServerOptions.Default with { ConnectionsMax = 2 });
        using Socket first = await tracker.ConnectAsync();
        using Socket second = await tracker.ConnectAsync();
        await first.SendAsync(Encoding.Latin1.GetBytes(Announce(1) + " HTTP/1.1\r\n\r\n"));
        Assert.True(await first.ReceiveAsync(new byte[4096]) > 0);
        await second.SendAsync(Encoding.Latin1.GetBytes(Announce(2) + " HTTP/1.1\r\n\r\n"));
        Assert.True(await second.ReceiveAsync(new byte[4096]) > 0);
        Assert.Equal("", await tracker.ExchangeAsync(Announce(3) + Close));
    }

    [Fact]
    public async Task Two_thousand_members_announce_at_once()
    {
        await using var tracker = new RunningTracker();
        tracker.Server.AddLocalSeed(Id(0), 6881);
        using var handler = new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 50 };
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(2) };
        byte[][] answers = await Task.WhenAll(Enumerable.Range(1, 2000).Select(number => http.GetByteArrayAsync(new Uri($"{tracker.Url}?{Request(number).ToQuery()}"))));
        Assert.All(answers, bytes => Assert.True(AnnounceResponse.TryRead(bytes, out _, out string? failure), failure));
        Assert.True(AnnounceResponse.TryRead(await http.GetByteArrayAsync(new Uri($"{tracker.Url}?{Request(1).ToQuery()}")), out AnnounceResponse? last, out _));
        Assert.Equal((50, 1, 2000), (last.Peers.Count, last.Complete, last.Incomplete));
        Assert.Equal(TimeSpan.FromSeconds(3), last.Interval);
    }

    [Fact]
    public async Task It_stops_at_once_however_many_connections_are_open()
    {
        var tracker = new RunningTracker();
        var open = new List<Socket>();
        for (int connection = 0; connection < 100; connection++)
        {
            open.Add(await tracker.ConnectAsync());
        }

        await tracker.ExchangeAsync(Announce(1) + Close);
        await tracker.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        foreach (Socket socket in open)
        {
            Assert.Equal("", await ReadToEndAsync(socket));
            socket.Dispose();
        }
    }

    [Fact]
    public async Task It_stops_when_its_token_is_cancelled()
    {
        await using var server = new TrackerServer(Torrent, Secret, 1, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        Task running = server.RunAsync(stop.Token);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void No_bytes_make_the_head_throw()
    {
        Gen<string> pieces = Gen.OneOfConst("GET ", "/", "?", " HTTP/1.1", "\r\n", "\r", "\n", ":", "Host: x", "Connection: ", "close", "Content-Length: 0", " ", "\0", "ÿ");
        Gen.OneOf(Gen.Byte.Array, pieces.Array[0, 20].Select(parts => Encoding.Latin1.GetBytes(string.Concat(parts)))).Sample(bytes =>
            Assert.Equal(HttpRequestHead.TryParse([.. bytes, .. "\r\n\r\n"u8], out HttpStatus status) is not null, status == HttpStatus.Ok));
    }

    [Fact]
    public async Task No_bytes_end_it()
    {
        await using var tracker = new RunningTracker(TrackerServerOptions.Default with { RequestTimeout = TimeSpan.FromSeconds(1) });
        var generated = new List<byte[]>();
        Gen.Byte.Array[0, 600].Sample(generated.Add, iter: 200, threads: 1);
        await Parallel.ForEachAsync(generated, new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (bytes, _) =>
            await tracker.ExchangeAsync($"GET /{Secret}/announce?{Encoding.Latin1.GetString(bytes)}{(bytes.Length % 2 == 0 ? Close : "")}"));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await tracker.ExchangeAsync(Announce(1) + Close), StringComparison.Ordinal);
    }
}
