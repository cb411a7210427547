using System.Net;

namespace Murder.Swarm.Tests;

public sealed class TrackerStateTests
{
    private static readonly InfoHash Torrent = new(Hash256.Of("a torrent"u8));
    private static readonly IPAddress Tracker = IPAddress.Parse("10.0.0.254");
    private static readonly PeerId Seeder = Id(0xFFFF);

    private readonly TrackerState _tracker = new(Torrent, TrackerOptions.Default, seed: 1);
    private Instant _now = new(0);

    [Fact]
    public void Members_learn_of_one_another()
    {
        Assert.Empty(Announce(1).Peers);
        Assert.Equal([Endpoint(1)], Announce(2).Peers);
        Assert.Equal([Endpoint(2)], Announce(1).Peers);
    }

    [Fact]
    public void Nobody_is_told_of_itself() => Assert.All(Enumerable.Range(1, 40), host => Assert.DoesNotContain(Endpoint(host), Announce(host).Peers));

    [Fact]
    public void Many_members_may_share_one_address()
    {
        Announce(1, port: 7001);
        Announce(1, port: 7002, id: Id(2));
        Assert.Equal([7001, 7002], Announce(1, port: 7003, id: Id(3)).Peers.Select(peer => peer.Port).Order());
    }

    [Fact]
    public void The_seeder_is_where_the_asking_peer_reached_the_tracker()
    {
        _tracker.AddLocalSeed(Seeder, 6881);
        Assert.Equal([new IPEndPoint(Tracker, 6881)], Announce(1, port: 7001).Peers);
        Assert.Contains(new IPEndPoint(IPAddress.IPv6Loopback, 6881), Announce(IPAddress.IPv6Loopback, 7001, Id(2), reachedAt: IPAddress.IPv6Loopback).Peers);
        Assert.DoesNotContain(new IPEndPoint(Tracker, 6881), Announce(IPAddress.Loopback, 6881, Seeder, reachedAt: Tracker, left: 0).Peers); // it is not told of itself
    }

    [Fact]
    public void A_member_on_the_trackers_machine_is_told_to_others_by_an_address_they_can_reach()
    {
        Announce(IPAddress.Loopback, 7001, Id(1), reachedAt: IPAddress.Loopback);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 7001)], Announce(IPAddress.Loopback, 7002, Id(2), reachedAt: IPAddress.Loopback).Peers);
        Assert.Equal([new IPEndPoint(Tracker, 7001), new IPEndPoint(Tracker, 7002)], Announce(3).Peers.OrderBy(peer => peer.Port));
    }

    [Fact]
    public void A_mapped_address_is_the_plain_one()
    {
        Announce(IPAddress.Parse("::ffff:10.0.0.1"), 6881, Id(1));
        Assert.Equal([Endpoint(1)], Announce(2).Peers);
    }

    [Fact]
    public void Who_stops_is_gone()
    {
        Announce(1);
        Assert.Empty(Announce(1, announceEvent: AnnounceEvent.Stopped).Peers);
        Assert.Empty(Announce(2).Peers);
    }

    [Fact]
    public void A_late_goodbye_does_not_remove_the_process_that_came_after()
    {
        Announce(1, id: Id(1));
        Announce(1, id: Id(9));
        Announce(1, id: Id(1), announceEvent: AnnounceEvent.Stopped);
        Assert.Equal([Endpoint(1)], Announce(2).Peers);
    }

    [Fact]
    public void Who_stays_silent_expires()
    {
        _tracker.AddLocalSeed(Seeder, 6881);
        Announce(1);
        _now += TimeSpan.FromSeconds(20);
        Announce(2);
        _now += TimeSpan.FromSeconds(15);
        Assert.Equal([Endpoint(2), new IPEndPoint(Tracker, 6881)], Announce(3).Peers.OrderBy(peer => peer.Address.ToString(), StringComparer.Ordinal));
    }

    [Fact]
    public void Seeds_and_leeches_are_counted()
    {
        _tracker.AddLocalSeed(Seeder, 6881);
        Announce(1);
        Announce(2);
        AnnounceResponse answer = Announce(1, left: 0, announceEvent: AnnounceEvent.Completed);
        Announce(1, left: 0);
        Assert.Equal((2, 1), (answer.Complete, answer.Incomplete));
        Assert.True(_tracker.TryScrape("", _now, out ScrapeResponse? scrape, out _));
        Assert.Equal((2, 1, 1), (scrape.Complete, scrape.Incomplete, scrape.Downloaded));
    }

    [Fact]
    public void Seeds_are_told_of_leeches_only()
    {
        _tracker.AddLocalSeed(Seeder, 6881);
        Announce(1, left: 0);
        Announce(2);
        Assert.Equal([Endpoint(2)], Announce(3, left: 0).Peers);
    }

    [Theory]
    [InlineData(-1, 50)]
    [InlineData(0, 0)]
    [InlineData(10, 10)]
    [InlineData(100_000, 200)]
    public void Numwant_is_clamped(int wanted, int given)
    {
        for (int host = 1; host <= 300; host++)
        {
            Announce(host);
        }

        AnnounceResponse answer = Announce(1, wanted: wanted);
        Assert.Equal(given, answer.Peers.Distinct().Count());
        Assert.Equal(given, answer.Peers.Count);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1000, 1)]
    [InlineData(1001, 2)]
    [InlineData(10_000, 10)]
    public void The_interval_grows_so_that_the_load_does_not(int members, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), TrackerOptions.Default.Interval(members));

    [Fact]
    public void Another_torrent_is_refused()
    {
        var other = new InfoHash(Hash256.Of("another"u8));
        Assert.False(_tracker.TryAnnounce(Request(1, Id(1)) with { InfoHash = other.Truncated() }, Tracker, Tracker, _now, out _, out string? failure));
        Assert.Contains("does not serve", failure, StringComparison.Ordinal);
        Assert.False(_tracker.TryScrape("info_hash=abc", _now, out _, out _));
    }

    [Fact]
    public void A_full_swarm_takes_nobody_else_but_still_answers_its_members()
    {
        var small = new TrackerState(Torrent, TrackerOptions.Default with { MembersMax = 2 }, seed: 1);
        bool Tell(int host) => small.TryAnnounce(Request(6881, Id(host)), Endpoint(host).Address, Tracker, _now, out _, out _);
        Assert.Equal([true, true, false, true], new[] { 1, 2, 3, 1 }.Select(Tell));
    }

    [Fact]
    public void The_same_calls_and_the_same_seed_give_the_same_answers()
    {
        IEnumerable<IPEndPoint> Run(ulong seed)
        {
            var tracker = new TrackerState(Torrent, TrackerOptions.Default, seed);
            return Enumerable.Range(1, 300).SelectMany(host =>
            {
                Assert.True(tracker.TryAnnounce(Request(6881, Id(host)), Endpoint(host).Address, Tracker, _now, out AnnounceResponse? response, out _));
                return response.Peers;
            }).ToList();
        }

        Assert.Equal(Run(7), Run(7));
        Assert.NotEqual(Run(7), Run(8));
    }

    private AnnounceResponse Announce(int host, int port = 6881, PeerId? id = null, long left = 1, AnnounceEvent announceEvent = AnnounceEvent.None, int wanted = -1) =>
        Announce(Endpoint(host).Address, port, id ?? Id(host), left, announceEvent, wanted);

    private AnnounceResponse Announce(IPAddress from, int port, PeerId id, long left = 1, AnnounceEvent announceEvent = AnnounceEvent.None, int wanted = -1, IPAddress? reachedAt = null)
    {
        AnnounceRequest request = Request(port, id) with { Left = left, Event = announceEvent, PeersWanted = wanted };
        Assert.True(_tracker.TryAnnounce(request, from, reachedAt ?? Tracker, _now, out AnnounceResponse? response, out string? failure), failure);
        return response;
    }

    private static AnnounceRequest Request(int port, PeerId id) => new(Torrent.Truncated(), id, port, 0, 0, 1, AnnounceEvent.None, -1);

    private static IPEndPoint Endpoint(int host) => new(new IPAddress([10, 0, (byte)(host >> 8), (byte)host]), 6881);

    private static PeerId Id(int number) => PeerId.Create(new SwarmRandom((ulong)number));
}
