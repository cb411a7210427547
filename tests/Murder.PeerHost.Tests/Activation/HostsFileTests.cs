using System.Net;

namespace Murder.PeerHost.Tests;

public sealed class HostsFileTests
{
    private const string Text = "127.0.0.1\tlocalhost\n# 10.0.0.9 app\n10.0.0.1  app.internal App # the app\r\nfd00::1 app\n10.0.0.2\nnonsense web\n10.0.0.3 localhost\n";

    [Theory]
    [InlineData("app", "10.0.0.1 fd00::1")]
    [InlineData("APP.internal", "10.0.0.1")]
    [InlineData("localhost", "127.0.0.1 ::1")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("fd00::2", "fd00::2")]
    [InlineData("web", "")]
    [InlineData("example.com", "")]
    [InlineData("10.0.0.1x", "")]
    [InlineData("the", "")]
    public void ANameHasTheAddressesThatTheFileSays(string name, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', HostsFile.AddressesOf(name, Text)));

    [Fact]
    public void LocalhostNeedsNoFile() => Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], HostsFile.AddressesOf("localhost", ""));
}
