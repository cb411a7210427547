using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Murder.PeerHost;

/// <summary>
/// The system calls of a command that is run. <see cref="System.Diagnostics.Process"/> can neither start it in a session of its own, without
/// which not all of its processes could be ended, nor give it /dev/null to read.
/// </summary>
internal static unsafe partial class PosixProcess
{
    public const int Kill = 9;
    public const int Terminate = 15;

    private const int Interrupted = 4; // EINTR
    private const int NoHang = 1; // WNOHANG
    private const short Readable = 1; // POLLIN

    // posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t: at most 336 bytes in the C libraries of Linux, less in that of macOS.
    private const int OpaqueBytes = 512;

    private const short SignalsToDefault = 0x04; // POSIX_SPAWN_SETSIGDEF
    private static short OwnSession => (short)(OperatingSystem.IsMacOS() ? 0x0400 : 0x80); // POSIX_SPAWN_SETSID

    /// <summary>
    /// Starts a program that is a session and a process group of its own, reads nothing, says everything into a pipe, and ignores no signal that
    /// this process does.
    /// </summary>
    /// <param name="arguments">from the program's name on</param>
    /// <param name="environment">as <c>NAME=VALUE</c></param>
    /// <returns>the process, which is also the group, and the pipe to read from</returns>
    /// <exception cref="IOException">it does not start</exception>
    public static (int Id, SafeFileHandle Output) Start(string path, IEnumerable<string> arguments, IEnumerable<string> environment)
    {
        (SafeFileHandle output, SafeFileHandle input) = OpenPipe();
        using (input)
        {
            try
            {
                return (Spawn(path, [.. arguments, null], [.. environment, null], output, input), output);
            }
            catch
            {
                output.Dispose();
                throw;
            }
        }
    }

    /// <summary>False when there is nothing to read within the time; true at the end of the pipe too.</summary>
    public static bool IsReadable(SafeFileHandle pipe, TimeSpan wait)
    {
        PollEntry entry = new() { Descriptor = (int)pipe.DangerousGetHandle(), Wanted = Readable };
        return Poll(&entry, 1, (int)wait.TotalMilliseconds) > 0;
    }

    /// <summary>The status of a child that has ended, by which its number becomes free; null while it runs.</summary>
    /// <exception cref="IOException">somebody else took it</exception>
    public static int? TryReap(int id)
    {
        int status;
        int reaped = WaitPid(id, &status, NoHang);
        if (reaped < 0 && Marshal.GetLastPInvokeError() != Interrupted)
        {
            throw Failure($"process {id}", Marshal.GetLastPInvokeError());
        }

        return reaped > 0 ? status : null;
    }

    /// <summary>False when there is no such process, or it is not ours to signal.</summary>
    public static bool TrySignal(int id, int signal) => id > 0 && KillCore(id, signal) == 0;

    /// <summary>False when nobody is left in the group. Signal 0 only asks.</summary>
    public static bool TrySignalGroup(int id, int signal) => KillCore(-id, signal) == 0;

    /// <summary>The ends are not closed on exec: who is started closes them by its file actions, and nothing else is started meanwhile.</summary>
    private static (SafeFileHandle Output, SafeFileHandle Input) OpenPipe()
    {
        int* ends = stackalloc int[2];
        if (Pipe(ends) < 0)
        {
            throw Failure("pipe", Marshal.GetLastPInvokeError());
        }

        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    private static int Spawn(string path, string?[] arguments, string?[] environment, SafeFileHandle output, SafeFileHandle input)
    {
        byte* actions = stackalloc byte[OpaqueBytes];
        byte* attributes = stackalloc byte[OpaqueBytes];
        Check(FileActionsInit(actions), path);
        Check(AttributesInit(attributes), path);
        try
        {
            Redirect(actions, (int)output.DangerousGetHandle(), (int)input.DangerousGetHandle(), path);
            byte* everySignal = stackalloc byte[OpaqueBytes];
            _ = FillSignals(everySignal);
            Check(SetDefaultSignals(attributes, everySignal), path);
            Check(SetFlags(attributes, (short)(SignalsToDefault | OwnSession)), path);
            Check(SpawnCore(out int id, path, actions, attributes, arguments, environment), path);
            return id;
        }
        finally
        {
            _ = AttributesDestroy(attributes);
            _ = FileActionsDestroy(actions);
        }
    }

    private static void Redirect(byte* actions, int output, int input, string path)
    {
        Check(AddOpen(actions, 0, "/dev/null", 0, 0), path);
        Check(AddDuplicate(actions, input, 1), path);
        Check(AddDuplicate(actions, input, 2), path);
        Check(AddClose(actions, input), path);
        Check(AddClose(actions, output), path);
    }

    /// <summary>The family of posix_spawn returns its error.</summary>
    private static void Check(int error, string path)
    {
        if (error != 0)
        {
            throw Failure(path, error);
        }
    }

    private static IOException Failure(string what, int error) => new($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);

    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int Pipe(int* ends);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int id, int* status, int options);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int KillCore(int id, int signal);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int FillSignals(byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclose")]
    private static partial int AddClose(byte* actions, int descriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaultSignals(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SpawnCore(out int id, string path, byte* actions, byte* attributes, string?[] arguments, string?[] environment);
}
