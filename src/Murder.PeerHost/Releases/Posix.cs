using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Murder.PeerHost;

/// <summary>
/// The system calls of the release tree that .NET has no face for. <see cref="File.Move(string, string, bool)"/> refuses a symlink to a
/// folder, as it looks through it for a file; <see cref="File.OpenHandle"/> refuses a folder, and respects the lock that it finds on a file.
/// </summary>
internal static partial class Posix
{
    // errno, Linux.
    public const int WouldBlock = 11;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int QuotaExceeded = 122;

    private const int WouldBlockMac = 35;
    private const int WriteAndSearch = 3; // W_OK | X_OK
    private const int PathBytesMax = 4096; // PATH_MAX of Linux; macOS needs less
    private const int FileSystemSize = 256; // struct statvfs of 64-bit Linux has 112 bytes, the first eleven fields of 8 each
    private const int FragmentBytesAt = 1;
    private const int FragmentsFreeAt = 4;
    private const int FilesAt = 5;
    private const int FilesFreeAt = 7;

    private static int ReadOnlyCloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000; // O_RDONLY | O_CLOEXEC

    public static bool IsWouldBlock(IOException e) => e.HResult is WouldBlock or WouldBlockMac;

    /// <summary>rename(2): atomic, replaces what is there, and follows no symlink at either end.</summary>
    /// <exception cref="IOException"/>
    public static void Rename(string from, string to) => Check(RenameCore(from, to), to);

    /// <summary>Waits until the names in the folder are on disk.</summary>
    /// <exception cref="IOException"/>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = OpenUnlocked(path);
        Check(FSync(directory), path);
    }

    /// <summary>Opens for reading without taking part in the locks of .NET.</summary>
    /// <exception cref="IOException"/>
    public static SafeFileHandle OpenUnlocked(string path)
    {
        int descriptor = Open(path, ReadOnlyCloseOnExec);
        Check(descriptor, path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>What the system says against this user's making files in a folder, without making any; null when it says nothing. access(2).</summary>
    public static string? WhyNotWritable(string folder) =>
        Access(folder, WriteAndSearch) == 0 ? null : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>The path that is met in the end, without any link in it; null when it leads nowhere, or nowhere that may be looked at.</summary>
    public static unsafe string? TryResolve(string path)
    {
        byte* resolved = stackalloc byte[PathBytesMax];
        return RealPath(path, resolved) == null ? null : Marshal.PtrToStringUTF8((nint)resolved);
    }

    /// <summary>What this user may still take of the file system that holds a folder. statvfs(3).</summary>
    /// <exception cref="IOException"/>
    public static unsafe DiskSpace FreeSpace(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new DiskSpace(new DriveInfo(folder).AvailableFreeSpace, Files: null);
        }

        ulong* system = stackalloc ulong[FileSystemSize / sizeof(ulong)];
        Check(StatVfs(folder, system), folder);
        return new DiskSpace(
            (long)UInt128.Min((UInt128)system[FragmentBytesAt] * system[FragmentsFreeAt], long.MaxValue),
            system[FilesAt] == 0 ? null : (long)Math.Min(long.MaxValue, system[FilesFreeAt])); // some make files as they need them, and count none
    }

    /// <summary>Sets a variable of the process itself, where native libraries look; <see cref="Environment"/> keeps a copy.</summary>
    public static void SetEnvironmentVariable(string name, string value) => _ = SetEnv(name, value, 1);

    private static void Check(int result, string path)
    {
        if (result < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameCore(string from, string to);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* RealPath(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatVfs(string path, ulong* system);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
