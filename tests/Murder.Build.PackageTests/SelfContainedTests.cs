using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>A service that brings its own runtime: some 350 files and 100 MB.</summary>
[Collection(PackageFixture.Name)]
public sealed class SelfContainedTests(PackageFixture package)
{
    private const long SizeMin = 90_000_000;
    private const int FilesMin = 300;

    [Fact]
    public async Task A_self_contained_service_reaches_local_hosts_and_hosts_over_SSH()
    {
        using SshHosts hosts = new(null, null);
        using Service service = await Service.CreateAsync("webapi", "bigshop", package);
        service.Write("murder.hosts.ini", hosts.Inventory);
        string publish = service.Combine("bin", "Release", "net10.0", "linux-x64", "publish");

        (await service.PublishAsync("-r", "linux-x64", "--self-contained", "-t:MurderDeploy", "-p:Hosts=prod+local:2", $"-p:MurderKnownHosts={hosts.KnownHostsPath}")).Succeeded();

        string[] files = Directory.GetFiles(publish, "*", SearchOption.AllDirectories);
        Assert.True(files.Length >= FilesMin, $"{files.Length} files");
        Assert.True(files.Sum(file => new FileInfo(file).Length) >= SizeMin);
        foreach (string root in (string[])[.. hosts.Roots, service.Combine("obj", "murder", "local", "host01"), service.Combine("obj", "murder", "local", "host02")])
        {
            HostTree.AssertRuns(root, publish);
        }
    }
}
