using System.Text.Json;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>The package as its users have it: added to a fresh web app, deployed to real sshds.</summary>
[Collection(PackageFixture.Name)]
public sealed class WebAppTests(PackageFixture package)
{
    private const string UnprivilegedUser = "murder-test";

    [Fact]
    public async Task A_fresh_web_app_reaches_every_host_of_a_group_whole_and_is_activated()
    {
        using SshHosts hosts = new(null, null, null, UnprivilegedUser);
        using Service service = await Service.CreateAsync("webapp", "shop", package);
        service.Write("murder.hosts.ini", hosts.Inventory);
        string publish = service.Combine("bin", "Release", "net10.0", "publish");

        DotnetResult first = (await service.PublishAsync("-t:MurderDeploy", "-p:Hosts=prod", $"-p:MurderKnownHosts={hosts.KnownHostsPath}")).Succeeded();

        string[] firstReleases = [.. hosts.Roots.Select(root => HostTree.AssertRuns(root, publish))];
        Assert.Single(firstReleases.Distinct());
        Assert.Contains($"shop -> release {firstReleases[0]} active on 4 hosts", first.Output, StringComparison.Ordinal);
        Assert.Contains(TreeSnapshot.Of(publish), line => line.StartsWith("shop x ", StringComparison.Ordinal));
        AssertNothingOfOurs(publish);
        AssertReport(service.Combine("bin", "murder", "report.json"), firstReleases[0]);

        service.Write("shop/wwwroot/new.txt", "new");
        (await service.PublishAsync("-t:MurderDeploy", "-p:Hosts=prod", $"-p:MurderKnownHosts={hosts.KnownHostsPath}")).Succeeded();

        Assert.All(hosts.Roots, root => Assert.NotEqual(firstReleases[0], HostTree.AssertRuns(root, publish)));
        Assert.All(hosts.Roots, root => Assert.Equal(2, HostTree.Releases(root).Count));
    }

    [Fact]
    public async Task A_host_that_is_away_fails_the_deploy_by_name_and_the_others_are_staged()
    {
        using SshHosts hosts = new(null, null, null);
        using Service service = await Service.CreateAsync("web", "awayshop", package);
        service.Write("murder.hosts.ini", hosts.Inventory);
        hosts.Stop(1);

        DotnetResult deploy = await service.PublishAsync("-t:MurderDeploy", "-p:Hosts=prod", $"-p:MurderKnownHosts={hosts.KnownHostsPath}");

        Assert.NotEqual(0, deploy.ExitCode);
        Assert.Matches("error MURDER0[0-9]{3}: .*web2", deploy.Output);
        Assert.DoesNotMatch("error MURDER0[0-9]{3}: .*web[13]", deploy.Output);
        foreach (string root in new[] { hosts.Roots[0], hosts.Roots[2] })
        {
            Assert.Single(HostTree.Releases(root));
            Assert.False(Path.Exists(Path.Combine(root, "current")));
        }
    }

    [Fact]
    public async Task A_release_is_staged_on_one_day_and_activated_on_another()
    {
        using Service service = await Service.CreateAsync("web", "stageshop", package);
        string root = service.Combine("obj", "murder", "local", "host01");

        (await service.PublishAsync("-t:MurderStage", "-p:Hosts=local:2", "-p:MurderRelease=1.0.0-a")).Succeeded();
        Assert.Equal(["1.0.0-a"], HostTree.Releases(root));
        Assert.False(Path.Exists(Path.Combine(root, "current")));

        (await service.Cli.RunAsync(service.Directory, "msbuild", "-t:MurderActivate", "-p:Hosts=local:2", "-p:MurderRelease=1.0.0-a")).Succeeded();
        Assert.Equal("releases/1.0.0-a", new DirectoryInfo(Path.Combine(root, "current")).LinkTarget);

        DotnetResult status = (await service.Cli.RunAsync(service.Directory, "msbuild", "-t:MurderStatus", "-p:Hosts=local:2")).Succeeded();
        Assert.Contains("2 of 2 hosts at 1.0.0-a", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_is_taken_back_to_the_one_before()
    {
        using Service service = await Service.CreateAsync("web", "backshop", package);
        string root = service.Combine("obj", "murder", "local", "host02");
        (await service.PublishAsync("-t:MurderDeploy", "-p:Hosts=local:2", "-p:MurderRelease=1.0.0-a")).Succeeded();
        (await service.PublishAsync("-t:MurderDeploy", "-p:Hosts=local:2", "-p:MurderRelease=1.0.0-b")).Succeeded();

        DotnetResult back = (await service.Cli.RunAsync(service.Directory, "msbuild", "-t:MurderRollback", "-p:Hosts=local:2")).Succeeded();

        Assert.Contains("back to release 1.0.0-a", back.Output, StringComparison.Ordinal);
        Assert.Equal("releases/1.0.0-a", new DirectoryInfo(Path.Combine(root, "current")).LinkTarget);
        Assert.Contains("\"verb\":\"rollback\"", File.ReadLines(Path.Combine(root, ".murder", "audit.jsonl")).Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_content_gives_the_same_torrent()
    {
        using Service service = await Service.CreateAsync("web", "torrentshop", package);
        string torrent = service.Combine("bin", "murder", "torrentshop.torrent");

        (await service.PublishAsync("-t:MurderTorrent")).Succeeded();
        byte[] first = await File.ReadAllBytesAsync(torrent);
        await File.WriteAllTextAsync(service.Combine("bin", "Release", "net10.0", "publish", "stale.txt"), "left by an earlier publish");
        (await service.PublishAsync("-t:MurderTorrent")).Succeeded();

        Assert.Equal(first, await File.ReadAllBytesAsync(torrent));
    }

    [Fact]
    public async Task A_wrong_request_is_refused_before_anything_is_published()
    {
        using Service service = await Service.CreateAsync("web", "wrongshop", package);
        string publish = service.Combine("bin", "Release", "net10.0", "publish");

        DotnetResult withoutHosts = await service.PublishAsync("-t:MurderDeploy");
        DotnetResult unknownGroup = await service.PublishAsync("-t:MurderDeploy", "-p:Hosts=nowhere+local");

        Assert.NotEqual(0, withoutHosts.ExitCode);
        Assert.Contains("error MURDER0101", withoutHosts.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, unknownGroup.ExitCode);
        Assert.Matches("error MURDER01[0-9]{2}: .*nowhere", unknownGroup.Output);
        Assert.False(Path.Exists(service.Combine("obj", "murder", "local")));
        Assert.False(Directory.Exists(publish));
    }

    private static void AssertNothingOfOurs(string publish)
    {
        Assert.DoesNotContain(TreeSnapshot.Of(publish), line => line.Contains("murder", StringComparison.OrdinalIgnoreCase) || line.Contains("Renci", StringComparison.Ordinal));
        foreach (string settings in Directory.EnumerateFiles(publish, "*.json"))
        {
            Assert.DoesNotContain("Murder", File.ReadAllText(settings), StringComparison.OrdinalIgnoreCase);
        }
    }

    private static void AssertReport(string path, string release)
    {
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement root = report.RootElement.Clone();
        Assert.Contains(root.EnumerateObject(), member => member.Name.Equals("release", StringComparison.OrdinalIgnoreCase) && member.Value.GetString() == release);
        Assert.Contains(root.EnumerateObject(), member => member.Name.Equals("succeeded", StringComparison.OrdinalIgnoreCase) && member.Value.GetBoolean());
    }
}
