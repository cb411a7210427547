using System.Security.Cryptography;

namespace Murder.Benchmarks;

/// <summary>A folder of our own for payloads, gone when disposed.</summary>
internal sealed class Workplace : IDisposable
{
    private const string Memory = "/dev/shm";

    private readonly string _root;

    /// <summary>In memory where there is room, so that no disk is measured.</summary>
    /// <param name="bytes">that it has to hold</param>
    public Workplace(long bytes)
        : this(Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > bytes ? Memory : "")
    {
    }

    /// <summary>On a disk, which is measured too.</summary>
    /// <param name="parent">empty for the system's folder of temporary files</param>
    public Workplace(string parent) => _root = parent.Length > 0
        ? Directory.CreateDirectory(Path.Combine(Path.GetFullPath(parent), $"murder-bench-{Environment.ProcessId}")).FullName
        : Directory.CreateTempSubdirectory("murder-bench-").FullName;

    public string File(string name) => Path.Combine(_root, name);

    public string Folder(params ReadOnlySpan<string> names) => Directory.CreateDirectory(Path.Combine([_root, .. names])).FullName;

    /// <summary>
    /// Has the kernel touch as much free memory as a copy will fill: a virtual machine is given memory by its host when it is first touched,
    /// and again after it was idle, at several times the cost of writing to it. Whoever runs first would pay for that.
    /// </summary>
    public void TouchFreeMemory(long bytes)
    {
        byte[] chunk = new byte[1024 * 1024];
        using FileStream file = new(File("touched"), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
        for (long left = bytes; left > 0; left -= chunk.Length)
        {
            file.Write(chunk);
        }
    }

    public static void WriteRandom(string path, long length)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] chunk = new byte[(int)Math.Min(length, 1024 * 1024)];
        for (long left = length; left > 0; left -= chunk.Length)
        {
            RandomNumberGenerator.Fill(chunk);
            file.Write(chunk, 0, (int)Math.Min(left, chunk.Length));
        }
    }

    public void Remove(string name) => Directory.Delete(File(name), recursive: true);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
