using System.Text;
using CsCheck;

namespace Murder.Swarm.Tests;

public class ExtensionHandshakeTests
{
    [Theory]
    [InlineData("d1:md11:ut_metadatai2e6:ut_pexi1ee1:pi6881e4:reqqi500e1:v17:libtorrent/2.0.8.6:yourip4:\u0001\u0002\u0003\u0004e", 6881, 500)]
    [InlineData("d4:reqqi250ee", 0, 250)]
    [InlineData("d1:v4:1:pi1:pi7ee", 7, 0)]
    [InlineData("de", 0, 0)]
    [InlineData("", 0, 0)]
    [InlineData("d1:pi-5e4:reqqi99999999999ee", 0, 0)]
    [InlineData("d1:pi70000ee", 0, 0)]
    [InlineData("d1:mlllllllllllleeeeeeeeeeee4:reqqi9ee", 0, 0)]
    [InlineData("d4294967295:", 0, 0)]
    public void Port_and_queue_are_understood_and_nothing_else_matters(string payload, int port, int requests) =>
        Assert.Equal(new ExtensionHandshake(port, requests, IsUploadOnly: false), ExtensionHandshake.Read(Encoding.Latin1.GetBytes(payload)));

    [Fact]
    public void What_we_say_reads_back()
    {
        ExtensionHandshake told = new(6881, 2048, IsUploadOnly: true);
        Assert.Equal(told, ExtensionHandshake.Read(told.ToPayload()));
        Assert.Equal(told with { Zone = "Köln 1" }, ExtensionHandshake.Read((told with { Zone = "Köln 1" }).ToPayload()));
        Assert.EndsWith("16:Murder.Build 0.14:zone4:eu-1e", Encoding.ASCII.GetString((told with { Zone = "eu-1" }).ToPayload()), StringComparison.Ordinal);
        Assert.Equal("d1:mde4:reqqi5e1:v16:Murder.Build 0.1e", Encoding.ASCII.GetString(new ExtensionHandshake(0, 5, IsUploadOnly: false).ToPayload()));
        Assert.Equal("d1:mde4:reqqi5e11:upload_onlyi1e1:v16:Murder.Build 0.1e", Encoding.ASCII.GetString(new ExtensionHandshake(0, 5, IsUploadOnly: true).ToPayload()));
    }

    [Fact]
    public void No_payload_makes_it_throw() =>
        Gen.OneOfConst("d", "l", "e", "i", "1:", "p", "4:reqq", "9", ":", "-", "i5e", "1:p", "99999999999", "\xff").Array[0, 40]
            .Sample(parts => ExtensionHandshake.Read(Encoding.Latin1.GetBytes("d" + string.Concat(parts))), iter: 20_000);
}
