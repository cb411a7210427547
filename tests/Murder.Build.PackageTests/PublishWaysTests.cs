using System.Diagnostics;
using System.Text.RegularExpressions;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>The ways in which <c>dotnet publish</c> is asked: each deploys what it publishes, or is refused before it does.</summary>
[Collection(PackageFixture.Name)]
public sealed partial class PublishWaysTests(PackageFixture package)
{
    /// <summary>Of a service with its runtime, which has some 100 MB as a whole.</summary>
    private const long TrimmedMax = 60_000_000;

    [Fact]
    public async Task What_dotnet_publish_makes_is_what_is_deployed()
    {
        using Service service = await Service.CreateAsync("web", "wayshop", package);
        string publish = service.Combine("bin", "Release", "net10.0", "publish");
        string publishForLinux = service.Combine("bin", "Release", "net10.0", "linux-x64", "publish");

        // Into a folder of one's own.
        string own = service.Combine("..", "own");
        await DeployAsync(service, own, "-o", own);

        // What is built already.
        (await service.Cli.RunAsync(service.Directory, "build", "-c", "Release")).Succeeded();
        await DeployAsync(service, publish, "--no-build");

        // As one file.
        await DeployAsync(service, publishForLinux, "-r", "linux-x64", "--self-contained", "false", "-p:PublishSingleFile=true");
        Assert.DoesNotContain(TreeSnapshot.Of(publishForLinux), line => line.Contains(".dll", StringComparison.Ordinal));

        // By a profile, alone and together with the target.
        service.Write("wayshop/Properties/PublishProfiles/Prod.pubxml", "<Project><PropertyGroup><WebPublishMethod>Murder</WebPublishMethod><Hosts>local:2;!local02</Hosts></PropertyGroup></Project>");
        service.Write("wayshop/bin/Release/net10.0/publish/stale.txt", "left by an earlier publish");
        await DeployByProfileAsync(service, publish);
        await DeployByProfileAsync(service, publish, "-t:MurderDeploy");
        Assert.DoesNotContain(TreeSnapshot.Of(publish), line => line.Contains("stale", StringComparison.Ordinal));
        DotnetResult plan = (await service.PublishAsync("-p:PublishProfile=Prod", "-t:MurderPlan")).Succeeded();
        Assert.Empty(Deployed().Matches(plan.Output));

        // Of several frameworks, the one that is chosen.
        string project = service.Combine("wayshop.csproj");
        await File.WriteAllTextAsync(project, (await File.ReadAllTextAsync(project)).Replace("<TargetFramework>net10.0</TargetFramework>", "<TargetFrameworks>net10.0;net9.0</TargetFrameworks>", StringComparison.Ordinal));
        await RefusedAsync(service, "MURDER0005", "-t:MurderDeploy");
        await DeployAsync(service, publish, "-f", "net10.0");
    }

    /// <summary>The linker takes away what nothing uses, which is decided while it publishes: what is left is deployed, and runs.</summary>
    [Fact]
    public async Task What_is_trimmed_is_deployed_as_it_is_left()
    {
        using Service service = await Service.CreateAsync("web", "trimshop", package);
        string publish = service.Combine("bin", "Release", "net10.0", "linux-x64", "publish");

        await DeployAsync(service, publish, "-r", "linux-x64", "--self-contained", "-p:PublishTrimmed=true");

        Assert.True(Directory.GetFiles(publish).Sum(file => new FileInfo(file).Length) < TrimmedMax);
        using Process app = Process.Start(new ProcessStartInfo(service.Combine("obj", "murder", "local", "host01", "current", "trimshop"), ["--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true })!;
        try
        {
            string said = "";
            while (!said.Contains("Now listening on", StringComparison.Ordinal))
            {
                said += await app.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"the trimmed service ended:\n{said}");
            }
        }
        finally
        {
            app.Kill();
        }
    }

    [Fact]
    public async Task What_cannot_be_deployed_is_refused_by_code_and_no_host_is_touched()
    {
        using Service service = await Service.CreateAsync("web", "refusedshop", package);
        (await service.Cli.RunAsync(service.Directory, "new", "sln", "-n", "shops")).Succeeded();
        string solution = Path.GetFileName(Directory.GetFiles(service.Directory, "shops.sln*").Single());
        (await service.Cli.RunAsync(service.Directory, "sln", solution, "add", "refusedshop.csproj")).Succeeded();

        await RefusedAsync(service, "MURDER0007", solution, "-t:MurderDeploy");
        await RefusedAsync(service, "MURDER0003", "refusedshop.csproj", "-t:MurderDeploy", "-c", "Debug");
        await RefusedAsync(service, "MURDER0009", "refusedshop.csproj", "-t:MurderDeploy", "-o", ".");
        await RefusedAsync(service, "MURDER0004", "refusedshop.csproj", "-t:MurderDeploy", "-p:OutputType=Library");
        await RefusedAsync(service, "MURDER0029", "refusedshop.csproj", "-t:MurderDeploy", "-p:MurderProgress=foo");
        await RefusedAsync(service, "MURDER0030", "refusedshop.csproj", "-t:MurderDeploy", "-p:MurderHosts=local:2");
        await RefusedAsync(service, "MURDER0031", "refusedshop.csproj", "-t:MurderDeploy", "-p:MurderWave=1+100%");
        Assert.False(Path.Exists(service.Combine("obj", "murder", "local")));
        Assert.False(Directory.Exists(service.Combine("bin", "Release", "net10.0", "publish")));
        Assert.True(File.Exists(service.Combine("refusedshop.csproj")));
    }

    private static async Task DeployAsync(Service service, string publish, params string[] arguments)
    {
        DotnetResult result = (await service.PublishAsync(["-t:MurderDeploy", "-p:Hosts=local:1", .. arguments])).Succeeded();

        Assert.Single(Deployed().Matches(result.Output));
        HostTree.AssertRuns(service.Combine("obj", "murder", "local", "host01"), publish);
    }

    private static async Task DeployByProfileAsync(Service service, string publish, params string[] arguments)
    {
        DotnetResult result = (await service.PublishAsync(["-p:PublishProfile=Prod", .. arguments])).Succeeded();

        Assert.Single(Deployed().Matches(result.Output));
        HostTree.AssertRuns(service.Combine("obj", "murder", "local", "host01"), publish);
    }

    private static async Task RefusedAsync(Service service, string code, params string[] arguments)
    {
        DotnetResult result = await service.PublishAsync([.. arguments, "-p:Hosts=local:1"]);

        Assert.NotEqual(0, result.ExitCode);
        string[] codes = [.. ErrorCode().Matches(result.Output).Select(match => match.Groups["code"].Value).Distinct()];
        Assert.True(codes is [var only] && only == code, result.ToString());
    }

    [GeneratedRegex("-> release .* active on 1 host")]
    private static partial Regex Deployed();

    [GeneratedRegex("error (?<code>[A-Z]+[0-9]+)")]
    private static partial Regex ErrorCode();
}
