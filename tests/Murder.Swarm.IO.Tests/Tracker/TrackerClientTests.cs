using System.Net;
using System.Net.Sockets;
using CsCheck;
using static Murder.Swarm.IO.Tests.RunningTracker;

namespace Murder.Swarm.IO.Tests;

public sealed class TrackerClientTests
{
    private static readonly Uri NobodyListens = new("http://127.0.0.1:1/announce");

    [Fact]
    public async Task Members_find_each_other_through_the_tracker()
    {
        await using var tracker = new RunningTracker();
        using var first = new TrackerClient([tracker.Url]);
        using var second = new TrackerClient([tracker.Url]);
        AnnounceAnswer? alone = await first.AnnounceAsync(Request(1), CancellationToken.None);
        Assert.NotNull(alone);
        Assert.Empty(alone.Peers);
        AnnounceAnswer? answer = await second.AnnounceAsync(Request(2), CancellationToken.None);
        Assert.NotNull(answer);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 10_001)], answer.Peers);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Interval);
    }

    [Fact]
    public async Task Every_byte_of_an_id_comes_through()
    {
        await using var tracker = new RunningTracker();
        using var client = new TrackerClient([tracker.Url]);
        var ids = new List<byte[]>();
        Gen.Byte.Array[20].Sample(ids.Add, iter: 100, threads: 1);
        ids.AddRange(Enumerable.Range(0, 13).Select(row => Enumerable.Range(0, 20).Select(i => (byte)((row * 20) + i)).ToArray()));
        foreach (byte[] id in ids)
        {
            var peer = new PeerId(id);
            Assert.NotNull(await client.AnnounceAsync(Request(1) with { Peer = peer }, CancellationToken.None));
            Assert.NotNull(await client.AnnounceAsync(Request(1) with { Peer = peer, Event = AnnounceEvent.Stopped }, CancellationToken.None)); // only the same id can take itself out
            AnnounceAnswer? other = await client.AnnounceAsync(Request(2), CancellationToken.None);
            Assert.Empty(other!.Peers);
        }
    }

    [Fact]
    public async Task The_first_URL_that_answers_is_taken()
    {
        await using var tracker = new RunningTracker();
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(); // connects, and never answers
        var silentUrl = new Uri($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndPoint!).Port}/announce");
        using var client = new TrackerClient([NobodyListens, silentUrl, tracker.Url]);
        Assert.NotNull(await client.AnnounceAsync(Request(1), CancellationToken.None));
        Assert.NotNull(await client.AnnounceAsync(Request(1), CancellationToken.None));
    }

    [Fact]
    public async Task When_the_URL_it_stays_with_fails_it_turns_to_another()
    {
        await using var second = new RunningTracker();
        var first = new RunningTracker();
        using var client = new TrackerClient([first.Url, second.Url]);
        Assert.NotNull(await client.AnnounceAsync(Request(1), CancellationToken.None));
        await first.DisposeAsync();
        Assert.NotNull(await client.AnnounceAsync(Request(1), CancellationToken.None));
        using var other = new TrackerClient([second.Url]);
        Assert.Single((await other.AnnounceAsync(Request(2), CancellationToken.None))!.Peers);
    }

    [Fact]
    public async Task A_stranger_at_one_of_the_URLs_does_not_count_as_an_answer()
    {
        await using var tracker = new RunningTracker();
        var stranger = new Uri(tracker.Url.OriginalString.Replace(Secret, new string('0', 32), StringComparison.Ordinal)); // 404
        using var client = new TrackerClient([stranger, tracker.Url]);
        Assert.NotNull(await client.AnnounceAsync(Request(1), CancellationToken.None));
    }

    [Fact]
    public async Task A_refusal_brings_nothing_but_its_reason()
    {
        await using var tracker = new RunningTracker();
        using var client = new TrackerClient([tracker.Url]);
        Assert.Null(await client.AnnounceAsync(Request(1) with { InfoHash = new byte[20] }, CancellationToken.None));
        Assert.Contains("does not serve that torrent", client.LastFailure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_tracker_it_brings_nothing()
    {
        using var nowhere = new TrackerClient([NobodyListens]);
        Assert.Null(await nowhere.AnnounceAsync(Request(1), CancellationToken.None));
        Assert.Contains("127.0.0.1:1", nowhere.LastFailure, StringComparison.Ordinal);
        using var none = new TrackerClient([]);
        Assert.Null(await none.AnnounceAsync(Request(1), CancellationToken.None));
    }

    [Fact]
    public async Task Cancelling_ends_an_announce_that_nobody_answers()
    {
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        using var client = new TrackerClient([new Uri($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndPoint!).Port}/announce")]);
        using var cancel = new CancellationTokenSource();
        Task<AnnounceAnswer?> announce = client.AnnounceAsync(Request(1), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => announce.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_URL_with_an_IPv6_address_is_reached()
    {
        await using var tracker = new RunningTracker();
        if (!Socket.OSSupportsIPv6)
        {
            return;
        }

        using var client = new TrackerClient([tracker.Server.AnnounceUrl(IPAddress.IPv6Loopback)]);
        tracker.Server.AddLocalSeed(Id(9), 6881);
        Assert.Equal([new IPEndPoint(IPAddress.IPv6Loopback, 6881)], (await client.AnnounceAsync(Request(1), CancellationToken.None))!.Peers);
    }
}
