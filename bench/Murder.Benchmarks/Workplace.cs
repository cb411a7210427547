namespace Murder.Benchmarks;

/// <summary>A folder of our own for payloads, gone when disposed.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("murder-bench-").FullName;

    public string File(string name) => Path.Combine(_root, name);

    public string Folder(params ReadOnlySpan<string> names) => Directory.CreateDirectory(Path.Combine([_root, .. names])).FullName;

    public void Remove(string name) => Directory.Delete(File(name), recursive: true);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
