using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>
/// A deployer that is killed after each change of a rollout in two waves: nobody can clean up after it but the agents. Every host runs a whole
/// release, old or new; no agent, seeder or lock is left; and the same deploy again brings all hosts to the new one.
/// </summary>
[Collection(NothingBeside.Name)]
public sealed class KilledDeployerTests
{
    private static readonly ParallelOptions s_fewAtOnce = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public async Task AfterEachChangeOfARollout()
    {
        using DeployFixture before = new(largeFileBytes: 200_000);
        Assert.True((await Deployment.DeployAsync(before.Settings, activate: true, before, CancellationToken.None)).Succeeded, string.Join('\n', before.Log));
        string[] changes = (await RunAsync(before, dieAt: -1)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipWhile(line => !line.StartsWith("release ", StringComparison.Ordinal)).ToArray();
        Assert.InRange(changes.Length, 20, 60);

        await Parallel.ForAsync(0, changes.Length, s_fewAtOnce, async (change, _) => await KillAndRepeatAsync(change));
    }

    private static async Task KillAndRepeatAsync(int change)
    {
        using DeployFixture deploy = new(largeFileBytes: 200_000);
        Assert.True((await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None)).Succeeded, string.Join('\n', deploy.Log));
        IReadOnlyList<string> old = TreeSnapshot.Of(deploy.PublishDirectory);

        (int exitCode, string output) = await RunAsync(deploy, change);

        string where = $"killed after change {change}:\n{output}";
        Assert.True(exitCode == 137 || output.Contains("report at", StringComparison.Ordinal), where);
        await Eventually.TrueAsync(() => !ProcessesBelow(deploy.Directory.Path).Any());
        IReadOnlyList<string> released = TreeSnapshot.Of(deploy.PublishDirectory);
        for (int number = 1; number <= 3; number++)
        {
            Assert.True(deploy.AgentOf(number) is null, where);
            IReadOnlyList<string> current = TreeSnapshot.Of(Path.Combine(deploy.LocalRoot(number), "current/"));
            Assert.True(current.SequenceEqual(old) || current.SequenceEqual(released), $"host {number} runs half a release, {where}");
        }

        DeploymentReport again = await Deployment.DeployAsync(Second(deploy), activate: true, deploy, CancellationToken.None);

        Assert.True(again.Succeeded, $"{where}\nand then:\n{string.Join('\n', deploy.Log)}");
        Assert.All([1, 2, 3], number => Assert.Equal(released, TreeSnapshot.Of(Path.Combine(deploy.LocalRoot(number), "current/"))));
        Assert.All([1, 2, 3], number => Assert.Empty(Directory.GetDirectories(Path.Combine(deploy.LocalRoot(number), "releases"), "*.partial")));
    }

    /// <summary>The second release, in a process of its own. Its exit code, and what it told.</summary>
    private static async Task<(int ExitCode, string Output)> RunAsync(DeployFixture deploy, int dieAt)
    {
        deploy.Directory.Write("publish/second.txt", "second"u8);
        string settings = deploy.Directory.Write("settings.json", JsonSerializer.SerializeToUtf8Bytes(Second(deploy)));
        string deployer = Path.Combine(AppContext.BaseDirectory, "murder-dying-deployer.dll");
        using Process process = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [deployer, settings, dieAt.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    private static DeploymentSettings Second(DeployFixture deploy) => deploy.Settings with { Waves = "1;100%", BeforeActivate = "true", AfterActivate = "true" };

    /// <summary>Of agents and seeders: their command lines name the fixture's folder.</summary>
    private static IEnumerable<string> ProcessesBelow(string folder) =>
        Directory.EnumerateDirectories("/proc").Where(path => path[6..].All(char.IsAsciiDigit)).Where(path => CommandLineOf(path).Contains(folder, StringComparison.Ordinal));

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // it has just ended
        }
    }
}
