using System.Text.RegularExpressions;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>
/// Every <c>dotnet</c> command of the README as it stands there, one after the other, in a service that is set up as it says: an inventory beside the
/// project, the hosts' keys in <c>~/.ssh/known_hosts</c>, its publish profile. The hosts are real sshds on this machine.
/// </summary>
[Collection(PackageFixture.Name)]
public sealed partial class ReadmeCommandsTests(PackageFixture package)
{
    private const string Deploy = "dotnet publish -t:MurderDeploy -p:Hosts=prod";

    /// <summary>What each is seen by to have done what the README says of it.</summary>
    private static readonly Dictionary<string, string> s_expected = new()
    {
        ["dotnet publish"] = "shop -> .*/publish/",
        ["dotnet add package Murder.Build"] = "PackageReference for package 'Murder.Build'",
        [Deploy] = "shop -> release .* active on 2 hosts",
        ["dotnet msbuild -t:MurderActivate -p:Hosts=prod -p:MurderRelease=ID"] = "activated 2/2; all ran it already",
        ["dotnet msbuild -t:MurderRollback -p:Hosts=prod"] = "back to release ",
        ["dotnet msbuild -t:MurderStatus -p:Hosts=prod"] = "2 of 2 hosts at ",
        ["dotnet publish -t:MurderPlan -p:Hosts=prod"] = "shop -> plan of release .* to 2 hosts; nothing was changed",
        ["dotnet msbuild -t:MurderPrune -p:Hosts=prod"] = "removed 0 releases on 0 hosts",
        ["dotnet publish -t:MurderTorrent"] = "info-hash [0-9a-f]{64}",
        ["dotnet publish -p:PublishProfile=Prod"] = "shop -> release .* active on 2 hosts",
        ["dotnet msbuild -t:MurderStatus -p:Hosts=prod -p:MurderVerify=true"] = "2 of 2 hosts at ",
    };

    /// <summary>Those that are not run here, and why.</summary>
    private static readonly Dictionary<string, string> s_elsewhere = new()
    {
        ["dotnet publish samples/WebAppWithMurder -t:MurderDeploy -p:Hosts=local"] = "for a clone of the repository; SampleTests runs it there",
        ["dotnet pack src/Murder.Build.Tasks -c Release -o artifacts/packages"] = "PackageFixture runs it, into a feed of its own, for every test here",
        ["dotnet msbuild"] = "no command, but a word in the table of codes",
    };

    [Fact]
    public async Task Each_does_what_is_said_of_it()
    {
        string readme = await File.ReadAllTextAsync(Repository.Combine("README.md"));
        string[] commands = [.. Command().Matches(readme).Select(match => match.Groups["command"].Value).Distinct()];
        Assert.Equal(s_expected.Keys.Concat(s_elsewhere.Keys).Order(), commands.Order());
        using SshHosts hosts = new(null, null);
        using Service service = await SetUpAsync(hosts, readme);

        foreach (string command in commands.Where(s_expected.ContainsKey))
        {
            await RunAsync(service, command, hosts);
            if (command == Deploy)
            {
                // Another release, so that there is one to go back to.
                service.Write("shop/wwwroot/new.txt", "new");
                await RunAsync(service, command, hosts);
            }
        }

        Assert.All(hosts.Roots, root => HostTree.AssertRuns(root, service.Combine("bin", "Release", "net10.0", "publish")));
    }

    private static async Task RunAsync(Service service, string command, SshHosts hosts)
    {
        string[] words = command.Split(' ');
        if (words[^1].EndsWith("=ID", StringComparison.Ordinal))
        {
            words[^1] = words[^1].Replace("ID", Path.GetFileName(new FileInfo(Path.Combine(hosts.Roots[0], "current")).LinkTarget), StringComparison.Ordinal);
        }

        DotnetResult result = (await service.Cli.RunAsync(service.Directory, words[1..])).Succeeded();

        Assert.True(Regex.IsMatch(result.Output, s_expected[command]), result.ToString());
    }

    private async Task<Service> SetUpAsync(SshHosts hosts, string readme)
    {
        Service service = await Service.CreateWithoutPackageAsync("web", "shop", package);
        service.Write("shop/murder.hosts.ini", hosts.Inventory);
        service.Write("shop/Properties/PublishProfiles/Prod.pubxml", Profile().Match(readme).Groups["profile"].Value);
        service.Cli.Environment["HOME"] = service.Combine("..", "home");
        service.Write("home/.ssh/known_hosts", await File.ReadAllTextAsync(hosts.KnownHostsPath));
        return service;
    }

    /// <summary>A line of a block, without its comment, or a span of code.</summary>
    [GeneratedRegex("(^|`)(?<command>dotnet [^`\n]*?)( +#.*)?(`|$)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("```xml\n(?<profile><Project>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Profile();
}
