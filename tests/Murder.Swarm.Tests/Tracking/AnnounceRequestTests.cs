using CsCheck;

namespace Murder.Swarm.Tests;

public sealed class AnnounceRequestTests
{
    private const string Valid = "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-MB0100-abcdefghijkl&port=6881&left=5";

    private static readonly Gen<AnnounceRequest> Requests =
        from infoHash in Gen.Byte.Array[20]
        from peer in Gen.Byte.Array[20]
        from port in Gen.Int[1, 65535]
        from sizes in Gen.Long[0, long.MaxValue].Array[3]
        from announceEvent in Gen.Enum<AnnounceEvent>()
        from wanted in Gen.Int[-1, 1000]
        select new AnnounceRequest(infoHash, new PeerId(peer), port, sizes[0], sizes[1], sizes[2], announceEvent, wanted);

    [Fact]
    public void What_is_written_is_read_back() => Requests.Sample(request =>
    {
        Assert.True(AnnounceRequest.TryParse(request.ToQuery(), out AnnounceRequest? read, out _));
        Assert.Equal(request.InfoHash.ToArray(), read.InfoHash.ToArray());
        Assert.Equal(request with { InfoHash = default }, read with { InfoHash = default });
    });

    [Fact]
    public void No_text_makes_it_throw()
    {
        Gen<string> pieces = Gen.OneOfConst("info_hash=", "peer_id=", "port=", "left=", "%", "%4", "%zz", "&", "=", "+", "ä", "\0", "-1", "99999999999999999999", "event=", Valid);
        Gen.OneOf(Gen.String, pieces.Array[0, 20].Select(string.Concat)).Sample(query =>
            Assert.NotEqual(AnnounceRequest.TryParse(query, out AnnounceRequest? request, out string? failure), request is null || failure is not null));
    }

    [Theory]
    [InlineData("", AnnounceEvent.None)]
    [InlineData("&event=", AnnounceEvent.None)]
    [InlineData("&event=empty", AnnounceEvent.None)]
    [InlineData("&event=paused", AnnounceEvent.None)]
    [InlineData("&event=started", AnnounceEvent.Started)]
    [InlineData("&event=completed", AnnounceEvent.Completed)]
    [InlineData("&event=stopped", AnnounceEvent.Stopped)]
    public void Events_have_names(string addition, AnnounceEvent expected)
    {
        Assert.True(AnnounceRequest.TryParse(Valid + addition, out AnnounceRequest? request, out string? failure), failure);
        Assert.Equal(expected, request.Event);
    }

    [Theory]
    [InlineData("ip=10.0.0.1")]
    [InlineData("supportcrypto=1&no_peer_id=1&corrupt=0&redundant=0")]
    [InlineData("compact=0&key=abc")]
    public void What_it_does_not_need_it_passes_over(string addition) =>
        Assert.True(AnnounceRequest.TryParse(Valid + "&" + addition, out _, out _));

    [Fact]
    public void A_zone_comes_back_as_it_was_told()
    {
        Assert.True(AnnounceRequest.TryParse(Valid + "&zone=eu%20west%2F1", out AnnounceRequest? request, out _));
        Assert.Equal("eu west/1", request.Zone);
        Assert.True(AnnounceRequest.TryParse(request.ToQuery(), out AnnounceRequest? again, out _));
        Assert.Equal("eu west/1", again.Zone);
    }

    [Fact]
    public void Of_a_zones_name_that_is_too_long_the_rest_is_not_read()
    {
        Assert.True(AnnounceRequest.TryParse(Valid + "&zone=" + new string('z', 1000), out AnnounceRequest? request, out _));
        Assert.Equal(AnnounceRequest.ZoneBytesMax, request.Zone.Length);
    }

    [Fact]
    public void Without_numwant_the_tracker_chooses()
    {
        Assert.True(AnnounceRequest.TryParse(Valid, out AnnounceRequest? request, out _));
        Assert.Equal(AnnounceRequest.PeersWantedUnknown, request.PeersWanted);
    }

    [Theory]
    [InlineData("", "info_hash")]
    [InlineData("info_hash=short&peer_id=-MB0100-abcdefghijkl&port=1&left=0", "info_hash")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&port=1&left=0", "peer_id")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-MB0100-abcdefghijkl&left=0", "port")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-MB0100-abcdefghijkl&port=0&left=0", "port")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-MB0100-abcdefghijkl&port=65536&left=0", "port")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-MB0100-abcdefghijkl&port=1", "left")]
    [InlineData("info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=-MB0100-abcdefghijkl&port=1&left=-1", "left")]
    [InlineData(Valid + "&uploaded=x", "uploaded")]
    [InlineData(Valid + "&downloaded=-5", "downloaded")]
    [InlineData(Valid + "&numwant=many", "numwant")]
    [InlineData(Valid + "&event=exploded", "event")]
    [InlineData(Valid + "&left=0", "malformed")]
    [InlineData("info_hash=%4", "malformed")]
    [InlineData("info_hash=%zz", "malformed")]
    public void A_refusal_says_what_is_wrong(string query, string expected)
    {
        Assert.False(AnnounceRequest.TryParse(query, out _, out string? failure));
        Assert.Contains(expected, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_beyond_its_bounds_is_refused()
    {
        Assert.False(AnnounceRequest.TryParse(Valid + "&x=" + new string('a', 10_000), out _, out _));
        Assert.False(AnnounceRequest.TryParse(Valid + string.Concat(Enumerable.Range(0, 100).Select(i => $"&k{i}=1")), out _, out _));
    }
}
