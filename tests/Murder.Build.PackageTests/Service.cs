using System.Text;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>A freshly made service of somebody else: <c>dotnet new</c> in a folder of its own, with an empty package cache and the package from the feed.</summary>
internal sealed class Service : IDisposable
{
    private readonly TestDirectory _directory = new();

    private readonly DotnetCli _deployer;

    /// <param name="deployer">what a command line begins with that runs where the deploys start</param>
    private Service(string name, string feed, IReadOnlyList<string> deployer)
    {
        Name = name;
        Cli = new DotnetCli(name) { Environment = { ["NUGET_PACKAGES"] = _directory.Combine("packages"), ["CI"] = null } };
        _deployer = deployer.Count == 0 ? Cli : new DotnetCli($"{name}-deploys") { Environment = { ["NUGET_PACKAGES"] = _directory.Combine("packages"), ["CI"] = null }, Prefix = deployer };
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
        Service service = await CreateWithoutPackageAsync(template, name, package);
        (await service.Cli.RunAsync(service.Directory, "add", "package", "Murder.Build", "--version", package.Version)).Succeeded();
        return service;
    }

    public static async Task<Service> CreateWithoutPackageAsync(string template, string name, PackageFixture package)
    {
        Service service = new(name, package.Feed, []);
        (await service.Cli.RunAsync(service._directory.Path, "new", template, "-o", name)).Succeeded();
        return service;
    }

    /// <summary>The sample, as its own project with the package; everything is restored.</summary>
    public static async Task<Service> CopySampleAsync(string name, IReadOnlyList<string> deployer, PackageFixture package)
    {
        Service service = new(name, package.Feed, deployer);
        string sample = Repository.Combine("samples", "WebAppWithMurder");
        foreach (string path in new[] { "*.cs", "*.json", "wwwroot/*", "notes/*" }.SelectMany(pattern => System.IO.Directory.EnumerateFiles(sample, pattern)).Where(path => Path.GetFileName(path) != "packages.lock.json"))
        {
            service.Write(Path.Combine(name, Path.GetRelativePath(sample, path)), await File.ReadAllTextAsync(path));
        }

        service.Write($"{name}/{name}.csproj", (await File.ReadAllTextAsync(Path.Combine(sample, "WebAppWithMurder.csproj"))).Replace("</Version>", "</Version><RootNamespace>WebAppWithMurder</RootNamespace><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><TargetFramework>net10.0</TargetFramework>", StringComparison.Ordinal));
        service.Write("Directory.Packages.props", await File.ReadAllTextAsync(Repository.Combine("Directory.Packages.props")));
        (await service.Cli.RunAsync(service.Directory, "add", "package", "Murder.Build", "--version", package.Version)).Succeeded();
        return service;
    }

    /// <summary>Path relative to the parent of the project's folder, where an inventory is found, too.</summary>
    public string Write(string path, string text) => _directory.Write(path, Encoding.UTF8.GetBytes(text));

    public string Combine(params string[] parts) => Path.Combine([Directory, .. parts]);

    public Task<DotnetResult> PublishAsync(params string[] arguments) => _deployer.RunAsync(Directory, ["publish", .. arguments]);

    public void Dispose() => _directory.Dispose();
}
