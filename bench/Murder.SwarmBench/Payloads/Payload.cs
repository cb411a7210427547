using System.Security.Cryptography;

namespace Murder.SwarmBench;

internal sealed record PayloadFile(string Path, long Length, string Sha256);

/// <summary>What is brought to every host: a folder of files and what each of them must be.</summary>
internal sealed class Payload
{
    private Payload(string folder, IReadOnlyList<PayloadFile> files)
    {
        Folder = folder;
        Files = files;
        TotalBytes = files.Sum(file => file.Length);
    }

    public string Folder { get; }

    public IReadOnlyList<PayloadFile> Files { get; }

    public long TotalBytes { get; }

    /// <summary>The least time in which a link of the rate carries the payload once: F/C.</summary>
    public double SecondsAt(long bitsPerSecond) => TotalBytes * 8.0 / bitsPerSecond;

    public static async Task<Payload> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        List<PayloadFile> files = [];
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            files.Add(new PayloadFile(Path.GetRelativePath(folder, path), new FileInfo(path).Length, await HashAsync(path, cancellationToken)));
        }

        return new Payload(folder, files);
    }

    /// <summary>Compares a host's copy, byte by byte through SHA-256, and finds files that do not belong to it.</summary>
    /// <exception cref="BenchException">it differs</exception>
    public async Task VerifyAsync(string copy, string host, CancellationToken cancellationToken)
    {
        int count = Directory.Exists(copy) ? Directory.EnumerateFiles(copy, "*", SearchOption.AllDirectories).Count() : 0;
        if (count != Files.Count)
        {
            throw new BenchException($"{host} has {count} files of {Files.Count} in {copy}");
        }

        foreach (PayloadFile file in Files)
        {
            string path = Path.Combine(copy, file.Path);
            if (!File.Exists(path) || await HashAsync(path, cancellationToken) != file.Sha256)
            {
                throw new BenchException($"{host} has another {file.Path}");
            }
        }
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }
}
