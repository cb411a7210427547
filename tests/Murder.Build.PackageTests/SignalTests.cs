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
        Process.Start("kill", [$"-{signal}", deploy.Id.ToString(CultureInfo.InvariantCulture)]).Dispose();
        DotnetResult result = await finished;

        Assert.True(exitCode == result.ExitCode, result.ToString());
        Assert.Empty(Partials(local));
        Assert.DoesNotContain(Hosts(local), host => Path.Exists(Path.Combine(host, "current")));
        await Eventually.TrueAsync(() => !AnyProcessNames(service.Directory));

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
        await Eventually.TrueAsync(() => finished.IsCompleted || PartialBytes(local) > 50_000_000);
        deploy.Kill();
        DotnetResult result = await finished;

        Assert.True(result.ExitCode == 137, result.ToString());
        await Eventually.TrueAsync(() => !AnyProcessNames(service.Directory));
        Assert.DoesNotContain(Hosts(local), host => Path.Exists(Path.Combine(host, "current")));

        (await service.PublishAsync(arguments[1..])).Succeeded();
        Assert.Empty(Partials(local));
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(service.Combine("bin", "murder", "report.json")));
        Assert.Contains(report.RootElement.GetProperty("hosts").EnumerateArray(), host => host.GetProperty("resumedBytes").GetInt64() > 0);
    }

    private static long PartialBytes(string local) =>
        Partials(local).SelectMany(partial => new DirectoryInfo(partial).EnumerateFiles("*", SearchOption.AllDirectories)).Sum(file => file.Length);

    private static string[] Partials(string local) =>
        [.. Hosts(local).Select(host => Path.Combine(host, "releases")).Where(Directory.Exists).SelectMany(releases => Directory.EnumerateDirectories(releases, "*.partial"))];

    /// <summary>Their folders; an agent that leaves takes away what is empty.</summary>
    private static string[] Hosts(string local) => Directory.Exists(local) ? Directory.GetDirectories(local, "host*") : [];

    /// <summary>Agents of local hosts are known by the root they were started for, in their command line or as their folder.</summary>
    private static bool AnyProcessNames(string directory) =>
        Directory.EnumerateDirectories("/proc").Any(process => Reads(Path.Combine(process, "cmdline")).Contains(directory, StringComparison.Ordinal));

    private static string Reads(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return ""; // expected: processes come and go, and not everything in /proc is one
        }
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
