using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>A deploy that is told to go in the middle of a transfer.</summary>
[Collection(PackageFixture.Name)]
public sealed class SignalTests(PackageFixture package)
{
    private const int PayloadBytes = 400_000_000; // long enough on any machine to be caught in the middle

    /// <summary>SIGTERM and SIGHUP give 128 + their number, as a shell expects; Ctrl-C gives MSBuild's own 1.</summary>
    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("INT", 1)]
    public async Task A_deploy_that_is_told_to_go_cleans_up_and_fails(string signal, int exitCode)
    {
        using Service service = await Service.CreateAsync("web", "signal" + signal, package);
        WritePayload(service.Combine("wwwroot", "payload.bin"));
        string local = service.Combine("obj", "murder", "local");
        string[] arguments = ["publish", "-t:MurderDeploy", "-p:Hosts=local:4"];

        using Process deploy = service.Cli.Start(service.Directory, arguments);
        Task<DotnetResult> finished = service.Cli.FinishAsync(deploy, arguments);
        await Eventually.TrueAsync(() => finished.IsCompleted || Partials(local).Length > 0);
        int[] agents = await AgentsOfAsync(LocalRoots(local, 4), deploy, finished);
        // Of a job in the background a shell has SIGINT ignored, and all below it too: then the INT case cannot pass.
        Process.Start("kill", [$"-{signal}", deploy.Id.ToString(CultureInfo.InvariantCulture)]).Dispose();
        DotnetResult result = await finished;

        Assert.True(exitCode == result.ExitCode, result.ToString());
        Assert.Empty(Partials(local));
        Assert.DoesNotContain(Hosts(local), host => Path.Exists(Path.Combine(host, "current")));
        Assert.DoesNotContain(agents, ProcessTree.IsRunning);

        await File.WriteAllTextAsync(service.Combine("wwwroot", "payload.bin"), "small");
        (await service.PublishAsync(arguments[1..])).Succeeded();
    }

    /// <summary>Nobody can clean up after SIGKILL but the agents: they go by themselves, and what they had is used by the next deploy.</summary>
    [Fact]
    public async Task A_deploy_that_is_killed_leaves_no_agent_no_lock_and_only_what_a_re_run_uses()
    {
        using Service service = await Service.CreateAsync("web", "signalKILL", package);
        WritePayload(service.Combine("wwwroot", "payload.bin"));
        string local = service.Combine("obj", "murder", "local");
        string[] arguments = ["publish", "-t:MurderDeploy", "-p:Hosts=local:4"];

        using Process deploy = service.Cli.Start(service.Directory, arguments);
        Task<DotnetResult> finished = service.Cli.FinishAsync(deploy, arguments);
        await KillAndDeployAgainAsync(service, arguments, deploy, finished, LocalRoots(local, 4));
    }

    /// <summary>The same where agents are no children of the deploy, and learn of its end by their connection only.</summary>
    [Fact]
    public async Task A_deploy_over_SSH_that_is_killed_leaves_no_agent_no_lock_and_only_what_a_re_run_uses()
    {
        using SshHosts hosts = new(null, null);
        using Service service = await Service.CreateAsync("web", "signalKILLssh", package);
        service.Write("murder.hosts.ini", hosts.Inventory);
        WritePayload(service.Combine("wwwroot", "payload.bin"));
        string[] arguments = ["publish", "-t:MurderDeploy", "-p:Hosts=prod", $"-p:MurderKnownHosts={hosts.KnownHostsPath}"];

        using Process deploy = service.Cli.Start(service.Directory, arguments);
        Task<DotnetResult> finished = service.Cli.FinishAsync(deploy, arguments);
        await KillAndDeployAgainAsync(service, arguments, deploy, finished, hosts.Roots);
    }

    private static async Task KillAndDeployAgainAsync(Service service, string[] arguments, Process deploy, Task<DotnetResult> finished, IReadOnlyList<string> roots)
    {
        int[] agents = await AgentsOfAsync(roots, deploy, finished);
        await Eventually.TrueAsync(() => finished.IsCompleted || PartialBytes(roots) > 50_000_000);
        deploy.Kill();
        DotnetResult result = await finished;

        Assert.True(result.ExitCode == 137, result.ToString());
        await Eventually.TrueAsync(() => !agents.Any(ProcessTree.IsRunning));
        Assert.DoesNotContain(roots, root => Path.Exists(Path.Combine(root, "current")));

        (await service.PublishAsync(arguments[1..])).Succeeded();
        Assert.Empty(Partials(roots));
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(service.Combine("bin", "murder", "report.json")));
        Assert.Contains(report.RootElement.GetProperty("hosts").EnumerateArray(), host => host.GetProperty("resumedBytes").GetInt64() > 0);
    }

    private static string[] LocalRoots(string local, int count) => [.. Enumerable.Range(1, count).Select(number => Path.Combine(local, $"host{number:00}"))];

    private static long PartialBytes(IReadOnlyList<string> roots) =>
        Partials(roots).SelectMany(partial => new DirectoryInfo(partial).EnumerateFiles("*", SearchOption.AllDirectories)).Sum(file => file.Length);

    private static string[] Partials(string local) => Partials(Hosts(local));

    private static string[] Partials(IReadOnlyList<string> roots) =>
        [.. roots.Select(host => Path.Combine(host, "releases")).Where(Directory.Exists).SelectMany(releases => Directory.EnumerateDirectories(releases, "*.partial"))];

    /// <summary>Their folders; an agent that leaves takes away what is empty.</summary>
    private static string[] Hosts(string local) => Directory.Exists(local) ? Directory.GetDirectories(local, "host*") : [];

    /// <summary>The agents that hold the locks of the roots, once all of them do, and the seeder.</summary>
    private static async Task<int[]> AgentsOfAsync(IReadOnlyList<string> roots, Process deploy, Task<DotnetResult> finished)
    {
        int[] agents = [];
        await Eventually.TrueAsync(() =>
        {
            agents = [.. roots.Select(HostTree.AgentOf).OfType<int>()];
            return finished.IsCompleted || agents.Length == roots.Count;
        });
        Assert.True(agents.Length == roots.Count, $"{agents.Length} of {roots.Count} agents were seen before the deploy was over");
        Assert.All(agents, agent => Assert.True(ProcessTree.IsRunning(agent)));
        int seeder = Assert.Single(ProcessTree.DescendantsOf(deploy.Id), id => !agents.Contains(id) && ProcessTree.CommandLineOf(id).Contains("murder-peer", StringComparison.Ordinal));
        return [.. agents, seeder];
    }

    private static void WritePayload(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] part = new byte[1_000_000];
        Random random = new(1);
        using FileStream file = File.Create(path);
        for (int written = 0; written < PayloadBytes; written += part.Length)
        {
            random.NextBytes(part);
            file.Write(part);
        }
    }
}
