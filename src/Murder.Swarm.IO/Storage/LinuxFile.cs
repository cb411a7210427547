using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Murder.Swarm.IO;

/// <summary>
/// The few system calls .NET has no face for. Only called on Linux: the agent fetches there; a deployer elsewhere only reads.
/// The static agent links them directly (DirectPInvoke in its project), as a static executable cannot load libc.
/// </summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxFile
{
    private const int ReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC, the same on x64 and arm64
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int DoNotFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeAndLinks = 0x1 | 0x4; // STATX_TYPE | STATX_NLINK
    private const int StatSize = 256; // struct statx, the same on every architecture
    private const int LinksAt = 16;
    private const int ModeAt = 28;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>True when the path is a regular file that no other name leads to; does not follow a symlink.</summary>
    /// <exception cref="IOException"/>
    public static unsafe bool IsPlainFile(string path)
    {
        byte* status = stackalloc byte[StatSize];
        Check(StatX(CurrentDirectory, path, DoNotFollow, TypeAndLinks, status), path);
        return (*(ushort*)(status + ModeAt) & TypeMask) == RegularFile && *(uint*)(status + LinksAt) == 1;
    }

    /// <summary>Waits until the names in the folder are on disk.</summary>
    /// <exception cref="IOException"/>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = OpenDirectory(path);
        Check(FSync(directory), path);
    }

    /// <summary>Waits until everything written to the file system that holds the folder is on disk.</summary>
    /// <exception cref="IOException"/>
    public static void SyncFileSystem(string path)
    {
        using SafeFileHandle directory = OpenDirectory(path);
        Check(SyncFs(directory), path);
    }

    private static SafeFileHandle OpenDirectory(string path)
    {
        int descriptor = Open(path, ReadOnlyCloseOnExec);
        Check(descriptor, path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void Check(int result, string path)
    {
        if (result < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int directory, string path, int flags, uint mask, byte* status);
}
