namespace Murder.PeerHost;

/// <summary>The folder that this agent was started from, where other versions of it lie that earlier deploys brought.</summary>
internal static class AgentCache
{
    private const string Prefix = "murder-peer-";
    private const int HashLength = 64;

    /// <summary>
    /// Another application of the same login may bring another version, which is read whenever it is used; so only what was not for long is old.
    /// A file system keeps the time of the last reading to the day.
    /// </summary>
    private static readonly TimeSpan UnusedMin = TimeSpan.FromDays(7);

    /// <summary>Removes agents that nobody used for a week, and parts of uploads that were cut short. A failure costs only the space.</summary>
    /// <param name="self">path of this process's executable</param>
    /// <returns>how many bytes that were</returns>
    public static long RemoveOld(string? self, DateTimeOffset now, Action<string> warn)
    {
        long bytes = 0;
        if (self is null || !IsAgent(Path.GetFileName(self)))
        {
            return bytes; // not started from a cache: run from a build's output
        }

        try
        {
            foreach (FileInfo file in new DirectoryInfo(Path.GetDirectoryName(self)!).EnumerateFiles())
            {
                DateTime used = file.LastAccessTimeUtc > file.LastWriteTimeUtc ? file.LastAccessTimeUtc : file.LastWriteTimeUtc;
                if (file.FullName != self && (IsAgent(file.Name) || file.Name.StartsWith(".arriving-", StringComparison.Ordinal)) && now - used > UnusedMin)
                {
                    bytes += file.Length;
                    file.Delete();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"old agents could not be removed: {e.Message}");
        }

        return bytes;
    }

    private static bool IsAgent(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length == Prefix.Length + HashLength && name[Prefix.Length..].All(char.IsAsciiHexDigitLower);
}
