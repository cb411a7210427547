namespace Murder.PeerHost.Tests;

public sealed class AgentIdentityTests
{
    [Theory]
    [InlineData("192.0.2.7 50022 198.51.100.4 22", "192.0.2.7", "198.51.100.4")]
    [InlineData("2001:db8::7 50022 2001:db8::4 22", "2001:db8::7", "2001:db8::4")]
    [InlineData("", null, null)]
    [InlineData("UNKNOWN", null, null)]
    [InlineData(null, null, null)]
    public void TheAddressesAreThoseOfTheSshConnection(string? variable, string? deployer, string? host) =>
        Assert.Equal((deployer, host), AgentIdentity.ParseSshConnection(variable));
}
