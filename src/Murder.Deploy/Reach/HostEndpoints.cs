using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Where other hosts reach a host: nobody but itself and who was connected to it can know.</summary>
internal static class HostEndpoints
{
    /// <summary>
    /// The address at which the deployer reached it, as it was seen there, or that of its own network where a gateway came in between, which shows by
    /// an address that means something to the host alone. Loopback when there is none: then only hosts of the same machine find it.
    /// </summary>
    public static IPAddress AddressOf(TargetHost host, AgentHello hello) =>
        host.IsLocal ? IPAddress.Loopback
        : new[] { hello.HostAddress, hello.OwnAddress, host.Address }.Select(Parse).FirstOrDefault(address => address is not null && IsOfANetwork(address)) ?? IPAddress.Loopback;

    private static IPAddress? Parse(string? text) => IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    private static bool IsOfANetwork(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any)
        && !(address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is 0 or >= 224);
}
