using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Murder.PeerHost;

/// <summary>What the host's network links say of themselves.</summary>
internal static class NetworkLinks
{
    /// <summary>Addresses of documentation (RFC 5737, RFC 3849), which no host has: a route to them is one that leads out.</summary>
    private static readonly IPEndPoint s_elsewhere = new(IPAddress.Parse("198.51.100.1"), 9);
    private static readonly IPEndPoint s_elsewhereByIPv6 = new(IPAddress.Parse("2001:db8::1"), 9);

    /// <summary>Null where the link does not tell: loopback never does, virtual ones often do not.</summary>
    /// <param name="address">of the link</param>
    public static long? BitsPerSecondAt(IPAddress address)
    {
        if (!OperatingSystem.IsLinux() || IPAddress.IsLoopback(address))
        {
            return null;
        }

        NetworkInterface? link = Addresses().FirstOrDefault(each => IsSame(each.Address, address)).Link;
        return link is null ? null : ReadBitsPerSecond(link.Name);
    }

    /// <summary>IPv4 before IPv6; of each, that of a link that leads out before one that does not. Null when there is none but loopback.</summary>
    public static IPAddress? OwnAddress() =>
        AddressTowards(s_elsewhere) ?? AnyOf(AddressFamily.InterNetwork) ?? AddressTowards(s_elsewhereByIPv6) ?? AnyOf(AddressFamily.InterNetworkV6);

    /// <summary>Others can know it as the host's.</summary>
    private static bool IsOfANetwork(IPAddress address) => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal;

    private static IPAddress? AnyOf(AddressFamily family) => Addresses()
        .Where(each => each.Link.OperationalStatus == OperationalStatus.Up && each.Address.AddressFamily == family && IsOfANetwork(each.Address))
        .Select(each => each.Address)
        .FirstOrDefault();

    /// <summary>Sends nothing: to connect a datagram socket is to look up the route. Null when there is none.</summary>
    private static IPAddress? AddressTowards(IPEndPoint other)
    {
        try
        {
            using Socket socket = new(other.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(other);
            return socket.LocalEndPoint is IPEndPoint { Address: var own } && IsOfANetwork(own) ? own : null;
        }
        catch (SocketException)
        {
            return null; // expected: a host without a way out, or without this family
        }
    }

    /// <summary>None where the system does not let this user ask: nothing depends on the rate, and without an address others do not find this host.</summary>
    private static (NetworkInterface Link, IPAddress Address)[] Addresses()
    {
        try
        {
            return [.. from link in NetworkInterface.GetAllNetworkInterfaces() from unicast in link.GetIPProperties().UnicastAddresses select (link, unicast.Address)];
        }
        catch (Exception e) when (e is NetworkInformationException or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return [];
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
