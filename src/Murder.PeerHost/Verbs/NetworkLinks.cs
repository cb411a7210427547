using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Murder.PeerHost;

/// <summary>What the host's network links say of themselves.</summary>
/// <param name="BitsPerSecond">of the link that was asked for; null where that does not tell: loopback never does, virtual ones often do not</param>
/// <param name="OwnAddress">of a link that leads out, before one that does not; IPv4 before IPv6; null when there is none but loopback</param>
internal sealed record NetworkLinks(long? BitsPerSecond, IPAddress? OwnAddress)
{
    /// <summary>Looks at them once, for every agent does before it says hello. Both are null where the system does not let this user ask.</summary>
    /// <param name="address">of the link whose rate is wanted</param>
    public static NetworkLinks At(string? address)
    {
        try
        {
            (NetworkInterface Link, IPInterfaceProperties Properties)[] links = [.. NetworkInterface.GetAllNetworkInterfaces().Select(link => (link, link.GetIPProperties()))];
            IPAddress? own = (from each in links
                              where each.Link.OperationalStatus == OperationalStatus.Up && each.Link.NetworkInterfaceType != NetworkInterfaceType.Loopback
                              from unicast in each.Properties.UnicastAddresses
                              where !unicast.Address.IsIPv6LinkLocal
                              orderby each.Properties.GatewayAddresses.Count == 0, unicast.Address.AddressFamily
                              select unicast.Address).FirstOrDefault();
            NetworkInterface? asked = OperatingSystem.IsLinux() && IPAddress.TryParse(address, out IPAddress? wanted)
                ? Array.Find(links, each => each.Properties.UnicastAddresses.Any(unicast => IsSame(unicast.Address, wanted))).Link
                : null;
            return new NetworkLinks(asked is null ? null : ReadBitsPerSecond(asked.Name), own);
        }
        catch (Exception e) when (e is NetworkInformationException or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return new NetworkLinks(null, null); // expected: nothing depends on the rate, and without an address others do not find this host
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
