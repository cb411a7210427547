namespace Murder.Swarm.IO;

/// <summary>Reading or writing the payload failed.</summary>
public enum StorageFailure
{
    DiskFull,
    PermissionDenied,

    /// <summary>A file to be read is missing or shorter than the metainfo says.</summary>
    Missing,
    Other,
}

/// <summary>The payload cannot be read or written; the store may still be disposed, and nothing else. The message names the file.</summary>
public sealed class StorageException(StorageFailure failure, string path, string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageFailure Failure { get; } = failure;

    public string Path { get; } = path;

    /// <summary>Runs one access to a file and turns what the system says against it into a reason.</summary>
    internal static T Guard<T>(string path, Func<T> access)
    {
        try
        {
            return access();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw From(path, e);
        }
    }

    internal static void Guard(string path, Action access) => Guard(path, () =>
    {
        access();
        return true;
    });

    internal static StorageException From(string path, Exception e)
    {
        StorageFailure failure = FailureOf(e);
        string what = failure switch
        {
            StorageFailure.DiskFull => "no space is left for it",
            StorageFailure.PermissionDenied => "this user may not access it",
            StorageFailure.Missing => "it is missing or too short",
            _ => e.Message,
        };
        return new StorageException(failure, path, $"{path}: {what}", e);
    }

    private static StorageFailure FailureOf(Exception e) => e switch
    {
        // EACCES and EPERM (a read-only attribute on Windows).
        UnauthorizedAccessException => StorageFailure.PermissionDenied,
        FileNotFoundException or DirectoryNotFoundException or EndOfStreamException => StorageFailure.Missing,
        IOException io => FailureOf(io.HResult),
        _ => StorageFailure.Other,
    };

    /// <summary>
    /// On Unix .NET puts the raw errno into HResult when it has no exception type of its own for it; on Windows it is a Win32 error
    /// as an HRESULT. The number spaces do not meet: the latter are negative.
    /// </summary>
    private static StorageFailure FailureOf(int hresult) => hresult switch
    {
        28 => StorageFailure.DiskFull, // ENOSPC, Linux and macOS
        122 when OperatingSystem.IsLinux() => StorageFailure.DiskFull, // EDQUOT
        69 when OperatingSystem.IsMacOS() => StorageFailure.DiskFull, // EDQUOT
        1 or 13 or 30 => StorageFailure.PermissionDenied, // EPERM and EACCES of our own system calls; EROFS, Linux and macOS
        unchecked((int)0x80070070) or unchecked((int)0x80070027) => StorageFailure.DiskFull, // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL
        unchecked((int)0x80070013) => StorageFailure.PermissionDenied, // ERROR_WRITE_PROTECT
        _ => StorageFailure.Other,
    };
}
