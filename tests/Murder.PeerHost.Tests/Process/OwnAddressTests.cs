using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>What an agent calls its host's address where its login came over loopback, as behind a gateway: on networks of its own.</summary>
public sealed class OwnAddressTests
{
    private const string Link = "ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up";

    [NetworkTheory]
    [InlineData("true", null)]
    [InlineData($"{Link}", null)] // nothing but an address of the link itself
    [InlineData($"{Link}; ip addr add 10.9.9.9/24 dev v0", "10.9.9.9")]
    [InlineData($"{Link}; ip addr add 10.9.9.9/24 dev v0; ip -6 route add default dev v0", "10.9.9.9")] // the way out has no address that others could use
    [InlineData($"{Link}; ip addr add 10.9.9.9/24 dev v0; ip addr add fd00::9/64 dev v0 nodad; ip -6 route add default dev v0", "10.9.9.9")]
    [InlineData($"{Link}; ip addr add 10.9.9.9/24 dev v1; ip addr add 10.8.8.8/24 dev v0; ip route add default via 10.9.9.1", "10.9.9.9")]
    [InlineData($"{Link}; ip addr add 10.9.9.9/24 dev v0; ip route add blackhole 198.51.100.0/24", "10.9.9.9")]
    [InlineData($"{Link}; ip addr add fd00::9/64 dev v0 nodad", "fd00::9")]
    public async Task IsOneThatOthersCanUse(string links, string? expected)
    {
        using AgentProcess agent = await AgentProcess.StartOnAsync(links, sshConnection: "127.0.0.1 40000 127.0.0.1 22");

        Assert.Equal(expected, agent.Hello.OwnAddress);
        Assert.Null(agent.Hello.LinkBitsPerSecond);
    }
}

/// <summary>Runs where networks can be made.</summary>
internal sealed class NetworkTheoryAttribute : TheoryAttribute
{
    public NetworkTheoryAttribute() => Skip = NetworkNamespaces.CanBe ? null : "no network namespaces can be made here";
}
