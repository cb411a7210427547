using Microsoft.Win32.SafeHandles;

namespace Murder.PeerHost;

/// <summary>What processes have open, as proc(5) tells.</summary>
internal static class OpenFiles
{
    /// <summary>The file that is open here is the one that stands at the path. Without <c>/proc</c>: that any does.</summary>
    public static bool IsAt(SafeFileHandle handle, string path)
    {
        string? file = Posix.TryResolve(path);
        string? link = new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget; // ends with " (deleted)" when it is gone from there
        return file is not null && (link is null || link == file);
    }

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
