namespace Murder.Benchmarks;

/// <summary>A folder of our own for payloads, gone when disposed.</summary>
/// <param name="parent">where to make it; empty for the system's folder of temporary files</param>
internal sealed class Workplace(string parent = "") : IDisposable
{
    private readonly string _root = parent.Length > 0
        ? Directory.CreateDirectory(Path.Combine(Path.GetFullPath(parent), $"murder-bench-{Environment.ProcessId}")).FullName
        : Directory.CreateTempSubdirectory("murder-bench-").FullName;

    public string File(string name) => Path.Combine(_root, name);

    public string Folder(params ReadOnlySpan<string> names) => Directory.CreateDirectory(Path.Combine([_root, .. names])).FullName;

    public void Remove(string name) => Directory.Delete(File(name), recursive: true);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
