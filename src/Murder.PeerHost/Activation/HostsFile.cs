using System.Net;

namespace Murder.PeerHost;

/// <summary>
/// The addresses of names as hosts(5) has them. The C library is not asked: in a static agent it must not load the name services of the host.
/// </summary>
internal static class HostsFile
{
    public const string Path = "/etc/hosts";

    /// <summary>Of an address, itself; of localhost, both of its own, whatever the file says; empty for a name that is not there.</summary>
    /// <param name="text">of the file</param>
    public static IReadOnlyList<IPAddress> AddressesOf(string name, string text)
    {
        if (IPAddress.TryParse(name, out IPAddress? literal))
        {
            return [literal];
        }

        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [.. Listed(name, text)];
    }

    /// <summary>What the file says; empty when there is none.</summary>
    public static string Read()
    {
        try
        {
            return File.ReadAllText(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static IEnumerable<IPAddress> Listed(string name, string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split('#')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Skip(1).Contains(name, StringComparer.OrdinalIgnoreCase) && IPAddress.TryParse(words[0], out IPAddress? address))
            {
                yield return address;
            }
        }
    }
}
