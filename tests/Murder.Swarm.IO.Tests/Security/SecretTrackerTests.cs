using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using static Murder.Swarm.IO.Tests.RunningTracker;

namespace Murder.Swarm.IO.Tests;

/// <summary>The tracker of a swarm with certificates.</summary>
public sealed class SecretTrackerTests : IDisposable
{
    private readonly Membership _members = new();

    public static TheoryData<string> Outsiders => [.. Membership.Outsiders];

    public static TheoryData<string> FalseTrackers => [.. Membership.Outsiders.Where(which => which is not ("no certificate" or "the tracker's")), "a peer's"];

    public void Dispose() => _members.Dispose();

    [Fact]
    public async Task Members_find_each_other_and_keep_their_connection()
    {
        await using RunningTracker tracker = Start();
        using TrackerClient first = new([tracker.Url], _members.Member(1));
        using TrackerClient second = new([tracker.Url], _members.Member(2));

        Assert.Equal("https", tracker.Url.Scheme);
        Assert.Empty((await first.AnnounceAsync(Request(1), CancellationToken.None))!.Peers);
        AnnounceAnswer? answer = await second.AnnounceAsync(Request(2), CancellationToken.None);
        Assert.True(answer is not null, second.LastFailure);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 10_001)], answer.Peers);
        for (int again = 0; again < 3; again++)
        {
            Assert.NotNull(await second.AnnounceAsync(Request(2), CancellationToken.None));
        }
    }

    [Theory]
    [MemberData(nameof(Outsiders))]
    public async Task An_outsider_who_knows_the_secret_is_not_answered(string which)
    {
        await using RunningTracker tracker = Start();
        using X509Certificate2? shown = _members.Outsider(which);

        Assert.Empty(await Outsider.ConnectAsync(tracker.Server.Port, shown, AnnounceOf(tracker, 77)));
        await AssertNobodyButAsync(tracker, 1);
    }

    [Fact]
    public async Task A_plain_announce_with_the_secret_is_not_answered()
    {
        await using RunningTracker tracker = Start();

        byte[] heard = await Outsider.ConnectPlainAsync(tracker.Server.Port, AnnounceOf(tracker, 77));

        Assert.InRange(heard.Length, 0, 7); // at most an alert
        await AssertNobodyButAsync(tracker, 1);
    }

    [Fact]
    public async Task A_replayed_announce_is_refused()
    {
        await using RunningTracker tracker = Start();
        (Uri url, Task<byte[]> overheard) = Overhear(tracker.Url);
        AnnounceRequest stopped = Request(3) with { Event = AnnounceEvent.Stopped };
        using (TrackerClient victim = new([url], _members.Member(3)))
        {
            AnnounceAnswer? answer = await victim.AnnounceAsync(Request(3), CancellationToken.None);
            Assert.True(answer is not null, victim.LastFailure);
            Assert.NotNull(await victim.AnnounceAsync(stopped, CancellationToken.None));
        }

        byte[] replayed = await overheard;
        Assert.DoesNotContain("announce", Encoding.Latin1.GetString(replayed), StringComparison.Ordinal);

        byte[] heard = await Outsider.ConnectPlainAsync(tracker.Server.Port, replayed);

        // TLS begins anew: the tracker's answer to the ClientHello holds its own randomness, and nothing after it fits.
        Assert.DoesNotContain("HTTP", Encoding.Latin1.GetString(heard), StringComparison.Ordinal);
        await AssertNobodyButAsync(tracker, 1);
    }

    [Fact]
    public async Task A_member_announces_itself_only()
    {
        await using RunningTracker tracker = Start();
        using TrackerClient member = new([tracker.Url], _members.Member(5));

        Assert.Null(await member.AnnounceAsync(Request(6), CancellationToken.None));

        Assert.Equal("the certificate is another peer's", member.LastFailure);
        await AssertNobodyButAsync(tracker, 1);
    }

    [Theory]
    [MemberData(nameof(FalseTrackers))]
    public async Task A_false_tracker_hears_no_announce(string which)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using X509Certificate2? shown = which == "a peer's" ? Membership.Load(_members.Authority.Issue(Id(8))) : _members.Outsider(which, asServer: true);
        using TrackerClient member = new([new Uri($"https://{listener.LocalEndpoint}/{Secret}/announce")], _members.Member(1));
        Task<byte[]> hearing = Outsider.ListenAsync(listener, shown);

        Assert.Null(await member.AnnounceAsync(Request(1), CancellationToken.None));

        Assert.Empty(await hearing);
        Assert.Contains("not this deploy's tracker", member.LastFailure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_with_a_certificate_does_not_announce_in_the_open() =>
        Assert.Throws<ArgumentException>(() => new TrackerClient([new Uri("http://127.0.0.1:1/announce")], _members.Member(1)));

    private RunningTracker Start() => new(security: _members.Tracker());

    private static byte[] AnnounceOf(RunningTracker tracker, int number) =>
        Encoding.ASCII.GetBytes($"GET /{Secret}/announce?{Request(number).ToQuery()} HTTP/1.1\r\nHost: {tracker.Url.Authority}\r\n\r\n");

    /// <summary>A member that comes now finds nobody: who tried before is not in the swarm.</summary>
    private async Task AssertNobodyButAsync(RunningTracker tracker, int member)
    {
        using TrackerClient client = new([tracker.Url], _members.Member(member));
        AnnounceAnswer? answer = await client.AnnounceAsync(Request(member), CancellationToken.None);
        Assert.True(answer is not null, client.LastFailure);
        Assert.Empty(answer.Peers);
    }

    /// <summary>Somebody on the way who passes everything on, and writes down what the member said.</summary>
    private static (Uri Url, Task<byte[]> Overheard) Overhear(Uri tracker)
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return (new UriBuilder(tracker) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri, PassOnAsync());

        async Task<byte[]> PassOnAsync()
        {
            using (listener)
            using (TcpClient member = await listener.AcceptTcpClientAsync())
            using (TcpClient onward = new())
            using (MemoryStream heard = new())
            {
                await onward.ConnectAsync(IPAddress.Loopback, tracker.Port);
                Task back = onward.GetStream().CopyToAsync(member.GetStream());
                byte[] buffer = new byte[4096];
                int read;
                while ((read = await member.GetStream().ReadAsync(buffer)) > 0)
                {
                    heard.Write(buffer, 0, read);
                    await onward.GetStream().WriteAsync(buffer.AsMemory(0, read));
                }

                onward.Client.Shutdown(SocketShutdown.Send);
                await back.ContinueWith(_ => { }, TaskScheduler.Default);
                return heard.ToArray();
            }
        }
    }
}
