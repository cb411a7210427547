using System.Text.Json;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>
/// What waves and gates are for: six hosts run the sample as real processes and answer requests all the time, while good and bad releases of it are
/// deployed to them.
/// </summary>
[Collection(PackageFixture.Name)]
public sealed class RolloutUnderLoadTests(PackageFixture package)
{
    private const int Hosts = 6;
    private const string Program = "shop/Program.cs";

    /// <summary>A request may begin before a process ends and be refused after it: one a worker, at either end.</summary>
    private const int RequestsCaught = 4;

    [LabFact]
    public async Task Good_releases_cost_no_request_but_those_of_a_restarting_process_and_bad_ones_reach_one_host_only()
    {
        using Lab lab = new(Hosts);
        using Service service = await Service.CopySampleAsync("shop", lab.OnDeployer, package);
        string good = await File.ReadAllTextAsync(service.Combine("Program.cs"));
        (await DeployAsync(service, lab)).Succeeded();

        string release = await DeployGoodAsync(service, lab, good.Replace("app.Run();", "app.MapGet(\"/api/new\", () => \"new\");\napp.Run();", StringComparison.Ordinal));
        foreach ((string kind, string code) in new[]
        {
            ("answers 500", "HTTP 500"),
            ("hangs", "no answer within"),
            ("does not start", "refused"),
        })
        {
            await DeployBadAsync(service, lab, Spoiled(good, kind), code, release);
        }
    }

    private static async Task<string> DeployGoodAsync(Service service, Lab lab, string program)
    {
        service.Write(Program, program);
        List<Load> loads = StartLoads(lab);

        DotnetResult deploy = (await DeployAsync(service, lab)).Succeeded();

        LoadResult[] results = await StopAsync(loads);
        Assert.Contains("activated 6/6 in 3 waves, all healthy", deploy.Output, StringComparison.Ordinal);
        for (int host = 1; host <= Hosts; host++)
        {
            LoadResult result = results[host - 1];
            double restartSeconds = RestartOf(lab, host).TotalSeconds;
            Assert.True(result.Answers.Keys.SequenceEqual([200]), result.Output);
            Assert.True(result.ErrorCount <= (restartSeconds * Load.RequestsPerSecond) + RequestsCaught, $"host {host} restarted in {restartSeconds} s:\n{result.Output}");
        }

        return CurrentOf(lab, 1);
    }

    /// <summary>The first wave is one host: it goes back, and nobody else ever notices.</summary>
    private static async Task DeployBadAsync(Service service, Lab lab, string program, string cause, string running)
    {
        service.Write(Program, program);
        List<Load> loads = StartLoads(lab);

        DotnetResult deploy = await DeployAsync(service, lab);

        LoadResult[] results = await StopAsync(loads);
        Assert.True(deploy.ExitCode != 0, deploy.Output);
        Assert.Matches($"error MURDER0506: .*host001.*{cause}", deploy.Output);
        Assert.Contains("error MURDER0605", deploy.Output, StringComparison.Ordinal);
        Assert.Contains(cause, await File.ReadAllTextAsync(service.Combine("bin", "murder", "report.json")), StringComparison.Ordinal);
        Assert.All(Enumerable.Range(1, Hosts), host => Assert.Equal(running, CurrentOf(lab, host)));
        Assert.All(results[1..], result => result.AssertNoneFailed());
        await AssertServedAsync(lab, running);
    }

    /// <summary>Every host answers, with the release.</summary>
    private static async Task AssertServedAsync(Lab lab, string release)
    {
        for (int host = 1; host <= Hosts; host++)
        {
            string[] command = [.. lab.OnDeployer, "curl", "--silent", "--fail", "--max-time", "10", Lab.UrlOf(host, "/api/status")];
            Assert.Contains($"\"release\":\"{release}\"", await Task.Run(() => Command.Run(command[0], command[1..])), StringComparison.Ordinal);
        }
    }

    private static Task<DotnetResult> DeployAsync(Service service, Lab lab) => service.PublishAsync(
        ["--no-restore", "-t:MurderDeploy", .. lab.Properties, "-p:MurderWaves=1+50%+100%", $"-p:MurderAfterActivate={Lab.Restart}",
            $"-p:MurderHealthUrl=http://localhost:{Lab.ServicePort}/health", "-p:MurderHealthTimeout=15s"]);

    private static List<Load> StartLoads(Lab lab) => [.. Enumerable.Range(1, Hosts).Select(host => new Load(lab, host))];

    private static async Task<LoadResult[]> StopAsync(List<Load> loads)
    {
        LoadResult[] results = await Task.WhenAll(loads.Select(load => load.StopAsync()));
        loads.ForEach(load => load.Dispose());
        return results;
    }

    private static string Spoiled(string program, string how) => how switch
    {
        "answers 500" => program.Replace("app.UseDefaultFiles();", "app.Use((HttpContext context, RequestDelegate _) => { context.Response.StatusCode = 500; return Task.CompletedTask; });", StringComparison.Ordinal),
        "hangs" => program.Replace("app.UseDefaultFiles();", "app.Use((HttpContext _, RequestDelegate _) => Task.Delay(Timeout.Infinite));", StringComparison.Ordinal),
        _ => program.Replace("app.Run();", "throw new InvalidOperationException(\"no database\");", StringComparison.Ordinal),
    };

    private static string CurrentOf(Lab lab, int host) => Path.GetFileName(new FileInfo(Path.Combine(RootOf(lab, host), "current")).LinkTarget!);

    /// <summary>From the switch until the health check passed, as the host's audit log has it.</summary>
    private static TimeSpan RestartOf(Lab lab, int host)
    {
        JsonElement[] last = [.. File.ReadLines(new ReleaseLayout(RootOf(lab, host)).AuditLog).TakeLast(2).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["switched", "ok"], last.Select(entry => entry.GetProperty("result").GetString()));
        return last[1].GetProperty("time").GetDateTimeOffset() - last[0].GetProperty("time").GetDateTimeOffset();
    }

    private static string RootOf(Lab lab, int host) => Path.Combine(lab.Folder(host), "app");
}
