using System.Net;
using System.Text;
using CsCheck;

namespace Murder.Swarm.Tests;

public sealed class AnnounceResponseTests
{
    private static readonly Gen<IPEndPoint> Endpoints =
        from address in Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16])
        from port in Gen.Int[1, 65535]
        select new IPEndPoint(new IPAddress(address), port);

    [Fact]
    public void What_is_written_is_read_back() => Endpoints.List[0, 200].Sample(peers =>
    {
        var written = new AnnounceResponse(peers, TimeSpan.FromSeconds(3)) { MinInterval = TimeSpan.FromSeconds(2), Complete = 4, Incomplete = 7 };
        Assert.True(AnnounceResponse.TryRead(written.ToBytes(), out AnnounceResponse? read, out string? failure), failure);
        Assert.Equal(peers.OrderBy(peer => peer.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6), read.Peers);
        Assert.Equal(written with { Peers = read.Peers }, read);
    });

    [Fact]
    public void It_is_written_as_the_BEPs_have_it()
    {
        var response = new AnnounceResponse([new IPEndPoint(IPAddress.Parse("65.66.67.68"), 0x4546), new IPEndPoint(IPAddress.Parse("4142:4344:4546:4748:494a:4b4c:4d4e:4f50"), 0x5152)], TimeSpan.FromSeconds(2))
        {
            Complete = 1,
        };
        Assert.Equal("d8:completei1e10:incompletei0e8:intervali2e5:peers6:ABCDEF6:peers618:ABCDEFGHIJKLMNOPQRe", Encoding.Latin1.GetString(response.ToBytes()));
    }

    [Theory]
    [InlineData("d14:failure reason4:fulle", "full")]
    [InlineData("d14:failure reasoni1ee", "refuses")]
    [InlineData("d5:peers0:e", "no interval")]
    [InlineData("d8:intervali1e5:peers5:abcdee", "compact")]
    [InlineData("d8:intervali1e5:peersd1:ai1eee", "compact")]
    [InlineData("d8:interval1:1e", "not a number")]
    [InlineData("<html>", "not a bencoded dictionary")]
    [InlineData("", "not a bencoded dictionary")]
    public void An_answer_without_peers_says_why(string answer, string expected)
    {
        Assert.False(AnnounceResponse.TryRead(Encoding.Latin1.GetBytes(answer), out _, out string? failure));
        Assert.Contains(expected, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-7, 1)]
    [InlineData(5, 5)]
    [InlineData(long.MaxValue, 3600)]
    public void The_interval_is_bounded_whatever_a_tracker_says(long sent, int taken)
    {
        Assert.True(AnnounceResponse.TryRead(Encoding.Latin1.GetBytes($"d8:intervali{sent}e5:peers6:abcd\0\0e"), out AnnounceResponse? response, out _));
        Assert.Equal(TimeSpan.FromSeconds(taken), response.Interval);
        Assert.Empty(response.Peers); // nobody listens on port 0
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        byte[] valid = new AnnounceResponse([new IPEndPoint(IPAddress.Loopback, 1)], TimeSpan.FromSeconds(1)).ToBytes();
        Gen<byte[]> damaged = from at in Gen.Int[0, valid.Length - 1]
                              from value in Gen.Byte
                              select (byte[])[.. valid[..at], value, .. valid[(at + 1)..]];
        Gen.OneOf(Gen.Byte.Array, damaged).Sample(bytes =>
            Assert.Equal(AnnounceResponse.TryRead(bytes, out AnnounceResponse? response, out string? failure), response is not null && failure is null));
    }
}
