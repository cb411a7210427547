using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Murder.PeerHost;

/// <summary>What the host's network links say of themselves.</summary>
internal static class NetworkLinks
{
    /// <summary>Of the link that has the address; null where that does not tell: loopback never does, virtual ones often do not.</summary>
    public static long? BitsPerSecondAt(string? address)
    {
        if (!OperatingSystem.IsLinux() || !IPAddress.TryParse(address, out IPAddress? wanted))
        {
            return null;
        }

        try
        {
            NetworkInterface? link = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(link => link.GetIPProperties().UnicastAddresses.Any(own => IsSame(own.Address, wanted)));
            return link is null ? null : ReadBitsPerSecond(link.Name);
        }
        catch (Exception e) when (e is NetworkInformationException or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return null; // expected where the system does not let this user ask; nothing depends on it
        }
    }

    /// <summary>Of a link that leads out, before one that does not; IPv4 before IPv6; null when there is none but loopback.</summary>
    public static IPAddress? OwnAddress()
    {
        try
        {
            return (from link in NetworkInterface.GetAllNetworkInterfaces()
                    where link.OperationalStatus == OperationalStatus.Up && link.NetworkInterfaceType != NetworkInterfaceType.Loopback
                    let properties = link.GetIPProperties()
                    from unicast in properties.UnicastAddresses
                    where !unicast.Address.IsIPv6LinkLocal
                    orderby properties.GatewayAddresses.Count == 0, unicast.Address.AddressFamily
                    select unicast.Address).FirstOrDefault();
        }
        catch (Exception e) when (e is NetworkInformationException or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return null; // expected where the system does not let this user ask: others do not find this host then
        }
    }

    private static bool IsSame(IPAddress own, IPAddress wanted) => own.AddressFamily == wanted.AddressFamily && own.GetAddressBytes().AsSpan().SequenceEqual(wanted.GetAddressBytes());

    private static long? ReadBitsPerSecond(string link)
    {
        try
        {
            return long.TryParse(File.ReadAllText($"/sys/class/net/{link}/speed"), CultureInfo.InvariantCulture, out long megabits) && megabits > 0 ? megabits * 1_000_000 : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // expected: a link without a speed refuses to be read
        }
    }
}
