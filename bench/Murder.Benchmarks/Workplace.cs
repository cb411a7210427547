namespace Murder.Benchmarks;

/// <summary>A folder of our own for payloads, gone when disposed: in memory where there is room for them, so that no disk is measured.</summary>
/// <param name="bytes">that it has to hold</param>
internal sealed class Workplace(long bytes) : IDisposable
{
    private const string Memory = "/dev/shm";

    private readonly string _root = Make(bytes);

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

    public void Remove(string name) => Directory.Delete(File(name), recursive: true);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Make(long bytes)
    {
        string parent = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > bytes ? Memory : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(parent, "murder-bench-" + Path.GetRandomFileName())).FullName;
    }
}
