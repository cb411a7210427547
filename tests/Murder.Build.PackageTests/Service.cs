using System.Text;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>A freshly made service of somebody else: <c>dotnet new</c> in a folder of its own, with an empty package cache and the package from the feed.</summary>
internal sealed class Service : IDisposable
{
    private readonly TestDirectory _directory = new();

    private Service(string name, string feed)
    {
        Name = name;
        Cli = new DotnetCli(name) { Environment = { ["NUGET_PACKAGES"] = _directory.Combine("packages"), ["CI"] = null } };
        Write("nuget.config",
            $"""
            <configuration>
              <packageSources>
                <add key="murder" value="{feed}" />
              </packageSources>
            </configuration>
            """);
    }

    public string Name { get; }

    public DotnetCli Cli { get; }

    /// <summary>Folder of the project file.</summary>
    public string Directory => _directory.Combine(Name);

    public static async Task<Service> CreateAsync(string template, string name, PackageFixture package)
    {
        Service service = new(name, package.Feed);
        (await service.Cli.RunAsync(service._directory.Path, "new", template, "-o", name)).Succeeded();
        (await service.Cli.RunAsync(service.Directory, "add", "package", "Murder.Build", "--version", package.Version)).Succeeded();
        return service;
    }

    /// <summary>Path relative to the parent of the project's folder, where an inventory is found, too.</summary>
    public string Write(string path, string text) => _directory.Write(path, Encoding.UTF8.GetBytes(text));

    public string Combine(params string[] parts) => Path.Combine([Directory, .. parts]);

    public Task<DotnetResult> PublishAsync(params string[] arguments) => Cli.RunAsync(Directory, ["publish", .. arguments]);

    public void Dispose() => _directory.Dispose();
}
