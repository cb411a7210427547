using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>An agent hands its own file on to hosts that have none.</summary>
public sealed class OfferVerbTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly byte[] _agent = new byte[3_000_000];
    private readonly string _file;

    public OfferVerbTests()
    {
        new Random(1).NextBytes(_agent.AsSpan(_agent.Length / 2));
        _file = _directory.Write("murder-peer", _agent);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task WhoKnowsThePathGetsTheFile()
    {
        await using OfferVerb offer = Offer();

        byte[] answer = await AskAsync(offer.Port, "GET /secret HTTP/1.1\r\nHost: web1\r\n\r\n");

        int body = answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        Assert.Equal($"HTTP/1.0 200 OK\r\nContent-Length: {answer.Length - body}\r\nConnection: close\r\n\r\n", Encoding.ASCII.GetString(answer, 0, body));
        using GZipStream gzip = new(new MemoryStream(answer[body..]), CompressionMode.Decompress);
        using MemoryStream file = new();
        await gzip.CopyToAsync(file);
        Assert.Equal(_agent, file.ToArray());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /secrets HTTP/1.1\r\n\r\n")]
    [InlineData("GET /../murder-peer HTTP/1.1\r\n\r\n")]
    [InlineData("POST /secret HTTP/1.1\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    public async Task WhoDoesNotGetsNothing(string request)
    {
        await using OfferVerb offer = Offer();

        Assert.Empty(await AskAsync(offer.Port, request));
        Assert.Empty(await AskAsync(offer.Port, new string('x', 20_000)));
    }

    [Fact]
    public async Task MoreThanMayComeAtOnceComeOneAfterTheOther()
    {
        await using OfferVerb offer = Offer();

        byte[][] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AskAsync(offer.Port, "GET /secret HTTP/1.0\r\n\r\n")));

        Assert.All(answers, answer => Assert.True(answer.Length > _agent.Length / 2));
    }

    [Fact]
    public async Task AnOfferEndsWithTheAgentWhoeverIsConnected()
    {
        OfferVerb offer = Offer();
        using Socket one = new(SocketType.Stream, ProtocolType.Tcp);
        using Socket two = new(SocketType.Stream, ProtocolType.Tcp);
        using Socket three = new(SocketType.Stream, ProtocolType.Tcp);
        await one.ConnectAsync(IPAddress.Loopback, offer.Port);
        await two.ConnectAsync(IPAddress.Loopback, offer.Port);
        await three.ConnectAsync(IPAddress.Loopback, offer.Port);

        await offer.DisposeAsync();

        await Assert.ThrowsAsync<SocketException>(() => AskAsync(offer.Port, "GET /secret HTTP/1.0\r\n\r\n"));
    }

    [Fact]
    public async Task TheLastPortThatIsFreeIsTaken()
    {
        await using OfferVerb probe = Offer();
        int first = probe.Port - 4; // whatever lies above and below may be taken by others: only what we hold is known

        await using OfferVerb offer = Offer(first);

        Assert.NotEqual(probe.Port, offer.Port);
        Assert.InRange(offer.Port, first, first + 8);
    }

    [Fact]
    public void AnAgentThatIsNotOneFileHasNothingToHandOn() =>
        Assert.Equal(HostFailure.PlatformUnsupported, Assert.Throws<VerbException>(() => new OfferVerb(new OfferCommand("secret", 0), file: null, address: null, OfferOptions.Default, TimeProvider.System)).Failure);

    [Fact]
    public async Task WhoAsksAByteAtATimeHoldsNoPlace()
    {
        await using OfferVerb offer = new(new OfferCommand("secret", 0), _file, IPAddress.Loopback, OfferOptions.Default with { SilenceMax = TimeSpan.FromMilliseconds(500) }, TimeProvider.System);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, offer.Port);

        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
            {
                await socket.SendAsync("G"u8.ToArray());
                await Task.Delay(50);
            }
        });
    }

    private OfferVerb Offer(int port = 0) => new(new OfferCommand("secret", port), _file, address: null, OfferOptions.Default, TimeProvider.System);

    /// <summary>Empty when the other side hangs up.</summary>
    private static async Task<byte[]> AskAsync(int port, string request)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using NetworkStream stream = new(socket);
        using MemoryStream answer = new();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            await stream.CopyToAsync(answer);
        }
        catch (IOException)
        {
            // reset: it did not read all that we said
        }

        return answer.ToArray();
    }
}
