using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Where hosts may reach the deploying machine.</summary>
internal static class ThisMachine
{
    private static readonly Lazy<IPAddress[]> s_own = new(() => [.. OwnAddresses()]);

    /// <summary>
    /// Best first: the address its own SSH session came from, which is another machine's where that is in between (a jump host, a gateway), then every address of
    /// this machine.
    /// </summary>
    public static IReadOnlyList<IPAddress> AddressesFor(AgentHello hello) =>
        IPAddress.TryParse(hello.DeployerAddress, out IPAddress? seen) ? [.. s_own.Value.Prepend(seen).Distinct()] : s_own.Value;

    private static IEnumerable<IPAddress> OwnAddresses() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
        from unicast in network.GetIPProperties().UnicastAddresses
        where unicast.Address is { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false }
        select unicast.Address;
}
