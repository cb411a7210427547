using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>Properties whose effect is to be seen on hosts.</summary>
[Collection(PackageFixture.Name)]
public sealed class PropertiesTests(PackageFixture package)
{
    [Fact]
    public async Task Properties_do_on_hosts_what_they_say()
    {
        using Service service = await Service.CreateAsync("web", "propertyshop", package);
        string root = service.Combine("obj", "murder", "local", "host01");
        service.Write("propertyshop/Directory.Build.targets", """<Project><Target Name="AfterMurderDeploy"><WriteLinesToFile File="$(MSBuildProjectDirectory)/obj/hosts" Lines="@(MurderDeployedHost->'%(Identity) %(State)');@(MurderFailedHost->'%(Identity) %(State) %(Code)')" Overwrite="true" /></Target></Project>""");

        (await DeployAsync("1.0.0-a", "-p:MurderBeforeActivate=echo before > $MURDER_ROOT/before", "-p:MurderAfterActivate=readlink $MURDER_CURRENT > $MURDER_ROOT/after")).Succeeded();
        Assert.Equal("before\n", await File.ReadAllTextAsync(Path.Combine(root, "before")));
        Assert.Equal("releases/1.0.0-a\n", await File.ReadAllTextAsync(Path.Combine(root, "after")));

        (await DeployAsync("1.0.0-b", "-p:MurderSwarmSecurity=none", "-p:MurderRateLimit=50M", "-p:MurderConnectionsMax=1")).Succeeded();
        (await DeployAsync("1.0.0-c", "-p:MurderKeepReleases=0")).Succeeded();
        Assert.Equal(["1.0.0-b", "1.0.0-c"], HostTree.Releases(root).Order());

        // One of two hosts fails its gate, but for the release that it goes back to.
        const string gate = "-p:MurderAfterActivate=test ${MURDER_ROOT##*host02} || test $MURDER_RELEASE = 1.0.0-c";
        DotnetResult rolledBack = await DeployAsync("1.0.0-d", gate);
        Assert.Contains("MURDER0605", rolledBack.Output, StringComparison.Ordinal);
        Assert.Equal("releases/1.0.0-c", Current(root));
        DotnetResult stopped = await DeployAsync("1.0.0-e", gate, "-p:MurderOnFailure=stop");
        Assert.NotEqual(0, stopped.ExitCode);
        Assert.Equal("releases/1.0.0-e", Current(root));
        Assert.Contains("MURDER1601", (await DeployAsync("1.0.0-f", gate, "-p:MurderMaxFailedHosts=1")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal("releases/1.0.0-f", Current(root));
        // Of the release before, too, it fails the gate.
        Assert.Equal(["local01 Active", "local02 Failed MURDER0504"], await File.ReadAllLinesAsync(service.Combine("obj", "hosts")));

        Task<DotnetResult> DeployAsync(string release, params string[] arguments) =>
            service.PublishAsync(["-t:MurderDeploy", "-p:Hosts=local:2", $"-p:MurderRelease={release}", .. arguments]);
    }

    private static string? Current(string root) => new DirectoryInfo(Path.Combine(root, "current")).LinkTarget;
}
