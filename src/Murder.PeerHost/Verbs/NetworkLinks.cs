using System.Globalization;

namespace Murder.PeerHost;

/// <summary>How fast the host's network links say they are.</summary>
internal static class NetworkLinks
{
    private const string Folder = "/sys/class/net";

    /// <summary>Null where no link tells: virtual ones often do not.</summary>
    public static long? FastestBitsPerSecond()
    {
        try
        {
            long[] speeds = [.. new DirectoryInfo(Folder).EnumerateFileSystemInfos().Select(link => MegabitsPerSecond(Path.Combine(Folder, link.Name, "speed"))).Where(speed => speed > 0)];
            return speeds.Length == 0 ? null : speeds.Max() * 1_000_000;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // expected: not Linux
        }
    }

    private static long MegabitsPerSecond(string path)
    {
        try
        {
            return long.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out long speed) ? speed : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // expected: a link that is down refuses to tell
        }
    }
}
