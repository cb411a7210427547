using Murder.Testing;

namespace Murder.Swarm.IO.Tests;

/// <summary>A folder named <c>app</c> under construction, and the list of what lies in it, as PublishDirectory would give it.</summary>
internal sealed class HashedFolder : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly List<FileToHash> _files = [];

    public string Path => _directory.Combine("app");

    public string Torrent(string name) => _directory.Combine(name);

    /// <param name="length">bytes of content that the path alone determines</param>
    public HashedFolder File(string path, int length, bool isExecutable = false)
    {
        byte[] content = new byte[length];
        new Random(path.Sum(c => c)).NextBytes(content);
        string written = _directory.Write($"app/{path}", content);
        if (isExecutable && !OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(written, System.IO.File.GetUnixFileMode(written) | UnixFileMode.UserExecute);
        }

        _files.Add(new FileToHash(path, length, isExecutable, null));
        return this;
    }

    public HashedFolder Link(string path, string text, string target)
    {
        string link = _directory.Combine("app", path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(link)!);
        System.IO.File.CreateSymbolicLink(link, text);
        _files.Add(new FileToHash(path, 0, false, target));
        return this;
    }

    public Task<IReadOnlyList<HashedFile>> HashAsync(int pieceLength) => ReleaseHasher.HashAsync(Path, _files, pieceLength, CancellationToken.None);

    public async Task<Metainfo> MetainfoAsync(int pieceLength, string? announce = null) =>
        MetainfoBuilder.Build("app", pieceLength, await HashAsync(pieceLength), announce);

    public void Dispose() => _directory.Dispose();
}
