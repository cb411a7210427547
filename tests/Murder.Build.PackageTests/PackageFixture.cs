using System.IO.Compression;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>
/// Packs Murder.Build once for all tests, under a version nobody has in a cache, into a feed of its own. It is no prerelease, which
/// <c>dotnet add package</c> would not take unasked.
/// </summary>
public sealed class PackageFixture : IAsyncLifetime, IDisposable
{
    public const string Name = "package";

    private readonly TestDirectory _directory = new();

    public string Version { get; } = $"0.{DateTime.UtcNow:yyMMdd}.{(int)DateTime.UtcNow.TimeOfDay.TotalSeconds}.{Environment.ProcessId}";

    public string Feed => _directory.Combine("feed");

    public async Task InitializeAsync() =>
        (await new DotnetCli("pack").RunAsync(Repository.Root, "pack", "src/Murder.Build.Tasks", "-c", "Release", "-o", Feed, $"-p:PackageVersion={Version}")).Succeeded();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    /// <summary>Paths in the package, without those that NuGet itself adds.</summary>
    public IReadOnlyList<string> ReadFileList()
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(Feed, $"Murder.Build.{Version}.nupkg"));
        return [.. package.Entries.Select(entry => entry.FullName).Where(path => !IsOfNuGet(path)).Order(StringComparer.Ordinal)];
    }

    public string ReadText(string path)
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(Feed, $"Murder.Build.{Version}.nupkg"));
        using StreamReader reader = new(package.GetEntry(path)!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>Folder of the package's agents, unpacked as NuGet unpacks a package.</summary>
    public string UnpackAgents(TestDirectory directory)
    {
        string unpacked = directory.Combine("package");
        ZipFile.ExtractToDirectory(Path.Combine(Feed, $"Murder.Build.{Version}.nupkg"), unpacked);
        return Path.Combine(unpacked, "tools", "agent");
    }

    /// <summary>Writes a gzipped file of the package as an executable that anybody may run.</summary>
    public void Unpack(string path, string executable)
    {
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(Feed, $"Murder.Build.{Version}.nupkg"));
        using (GZipStream packed = new(package.GetEntry(path)!.Open(), CompressionMode.Decompress))
        using (FileStream file = File.Create(executable))
        {
            packed.CopyTo(file);
        }

        File.SetUnixFileMode(executable, (UnixFileMode)0x1ED); // 755
    }

    private static bool IsOfNuGet(string path) => path is "[Content_Types].xml" || path.StartsWith("_rels/", StringComparison.Ordinal) || path.StartsWith("package/", StringComparison.Ordinal);
}

[CollectionDefinition(PackageFixture.Name)]
public sealed class PackageTestGroup : ICollectionFixture<PackageFixture>;
