namespace Murder.PeerHost;

/// <summary>What processes have open, as proc(5) tells.</summary>
internal static class OpenFiles
{
    /// <summary>False also when it cannot be told: for another user's process, or on a system without <c>/proc</c>.</summary>
    public static bool Has(int processId, string path)
    {
        string? file = Posix.TryResolve(path); // as the system names it: a root may be reached through a link
        try
        {
            return file is not null && new DirectoryInfo($"/proc/{processId}/fd").EnumerateFileSystemInfos().Any(descriptor => descriptor.LinkTarget == file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
