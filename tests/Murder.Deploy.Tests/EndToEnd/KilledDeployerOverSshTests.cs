using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>
/// A deployer that is killed while it deploys over real sshds, whose agents are no children of it and learn of its end by their connection only:
/// at moments that its own words tell, and with a step of the activation that would run for ever. Nothing but what the next run uses is left, and soon.
/// </summary>
[Collection(NothingBeside.Name)]
public sealed partial class KilledDeployerOverSshTests : IDisposable
{
    private const string Old = "1.0.0-old";
    private const string New = "2.0.0-new";

    /// <summary>In the environment of every process of a test, on hosts and here.</summary>
    private const string Mark = "MURDER_TEST_FOLDER";

    /// <summary>Does not end while there is a file hold-RELEASE in the root, and fails where there is a file bad-RELEASE.</summary>
    private const string Gate = "while [ -e \"$MURDER_ROOT/hold-$MURDER_RELEASE\" ]; do sleep 0.1; done; [ ! -e \"$MURDER_ROOT/bad-$MURDER_RELEASE\" ]";

    /// <summary>An agent whose deployer is gone ends within five seconds, and this machine may be busy. Its lease is a minute.</summary>
    private static readonly TimeSpan LeavingMax = TimeSpan.FromSeconds(15);

    private static readonly string[] s_names = ["web1", "web2", "web3"];

    private readonly DeployFixture _deploy = new(largeFileBytes: 2_000_000);
    private readonly LoopbackSshd[] _sshds;

    public KilledDeployerOverSshTests()
    {
        _sshds = [.. s_names.Select(_ => LoopbackSshd.Start(new LoopbackSshdOptions { ConfigLines = [$"SetEnv {Mark}={_deploy.Directory.Path}"] }))];
        _deploy.PackAgent();
        _deploy.Settings = _deploy.Settings with
        {
            Release = Old,
            Hosts = string.Join(' ', s_names),
            HostItems = [.. s_names.Select((name, index) => _deploy.HostOver(_sshds[index], name))],
            KnownHosts = _deploy.Directory.Write("known_hosts", Encoding.UTF8.GetBytes(string.Concat(_sshds.Select(sshd => File.ReadAllText(sshd.KnownHostsPath))))),
            Waves = "1;100%",
            AfterActivate = Gate,
        };
    }

    public void Dispose()
    {
        Array.ForEach(_sshds, sshd => sshd.Dispose());
        _deploy.Dispose();
    }

    [Fact]
    public async Task WhileItStages()
    {
        _deploy.Settings = _deploy.Settings with { RateLimit = "500k" }; // so that it takes some seconds

        await KillAndRepeatAsync("swarm [1-9][0-9]?%", at: 0, runs: [Old, Old, Old], thenAsWell: () =>
            Assert.Contains(Roots(), root => Directory.Exists(Path.Combine(root, "releases", New + ".partial")))); // so it was in the middle of it
    }

    [Fact]
    public async Task WhenTheFirstWaveHasSwitched()
    {
        Put("hold", "web1", New);

        await KillAndRepeatAsync("^web1: switched", at: 0, runs: [New, Old, Old]);
    }

    [Fact]
    public async Task BetweenWaves() => await KillAndRepeatAsync("^web1: active", at: 0, runs: [New, Old, Old]);

    [Fact]
    public async Task WhileARolloutThatFailedGoesBack()
    {
        Put("bad", "web2", New);

        await KillAndRepeatAsync("^web1: switched", at: 1, runs: [Old, Old, null], before: () => Put("hold", "web1", Old));
    }

    /// <param name="line">what the deployer has just told when it is killed, a regular expression</param>
    /// <param name="at">the how many of these lines, from 0 on</param>
    /// <param name="runs">what the hosts run after the kill; null where it may be either</param>
    /// <param name="before">done while the old release runs everywhere</param>
    /// <param name="thenAsWell">what else is true when all processes are gone</param>
    private async Task KillAndRepeatAsync(string line, int at, string?[] runs, Action? before = null, Action? thenAsWell = null)
    {
        DeploymentReport first = await Deployment.DeployAsync(_deploy.Settings with { RateLimit = "" }, activate: true, _deploy, CancellationToken.None);
        Assert.True(first.Succeeded, string.Join('\n', _deploy.Log));
        IReadOnlyList<string> old = TreeSnapshot.Of(_deploy.PublishDirectory);
        before?.Invoke();
        _deploy.Directory.Write("publish/runtimes/linux-x64/native/libbig.so.1", new byte[2_000_000]);
        IReadOnlyList<string> released = TreeSnapshot.Of(_deploy.PublishDirectory);

        string output = await DeployAndDieAsync(line, at);

        Stopwatch leaving = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => !ProcessesWith(_deploy.Directory.Path).Any());
        Assert.True(leaving.Elapsed < LeavingMax, $"a process of the deploy was there for {leaving.Elapsed.TotalSeconds:0.0} s after it was killed:\n{output}");
        Assert.All(Roots(), root => Assert.NotNull(Command.TryRun("flock", "--nonblock", Path.Combine(root, ".murder", "lock"), "true")));
        Assert.All(Roots(), root => Assert.Equal([], Strangers(root)));
        foreach ((string root, string? release) in Roots().Zip(runs))
        {
            string current = new FileInfo(Path.Combine(root, "current")).LinkTarget!;
            Assert.True(release is null || current == $"releases/{release}", $"{root} runs {current}:\n{output}");
            Assert.Equal(current == $"releases/{New}" ? released : old, TreeSnapshot.Of(Path.Combine(root, "current/")));
        }

        thenAsWell?.Invoke();
        Array.ForEach(Roots(), OpenGate);
        DeploymentReport again = await Deployment.DeployAsync(_deploy.Settings with { Release = New, RateLimit = "" }, activate: true, _deploy, CancellationToken.None);

        Assert.True(again.Succeeded, $"{output}\nand then:\n{string.Join('\n', _deploy.Log)}");
        Assert.All(Roots(), root => Assert.Equal(released, TreeSnapshot.Of(Path.Combine(root, "current/"))));
        Assert.All(Roots(), root => Assert.Empty(Directory.GetDirectories(Path.Combine(root, "releases"), "*.partial")));
    }

    /// <summary>What it told.</summary>
    private async Task<string> DeployAndDieAsync(string line, int at)
    {
        string settings = _deploy.Directory.Write("settings.json", JsonSerializer.SerializeToUtf8Bytes(_deploy.Settings with { Release = New }));
        string deployer = Path.Combine(AppContext.BaseDirectory, "murder-dying-deployer.dll");
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [deployer, settings, $"{at}", line]) { RedirectStandardOutput = true };
        start.Environment[Mark] = _deploy.Directory.Path;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 137, output);
        return output;
    }

    private string[] Roots() => [.. s_names.Select(_deploy.RootOver)];

    private void Put(string what, string host, string release) => _deploy.Directory.Write($"root-{host}/{what}-{release}", []);

    private static void OpenGate(string root)
    {
        foreach (string file in Directory.GetFiles(root).Where(file => GateFile().IsMatch(Path.GetFileName(file))))
        {
            File.Delete(file);
        }
    }

    /// <summary>What lies in the folders of a host and is neither the layout's nor the test's: files that should have been temporary.</summary>
    private static string[] Strangers(string root) =>
    [
        .. new[] { "", "releases", ".murder", ".murder/agents", ".murder/metainfo" }
            .SelectMany(folder => Directory.EnumerateFileSystemEntries(Path.Combine(root, folder)))
            .Select(path => Path.GetRelativePath(root, path))
            .Where(path => !Known().IsMatch(path) && !GateFile().IsMatch(path)),
    ];

    private static IEnumerable<string> ProcessesWith(string folder) =>
        Directory.EnumerateDirectories("/proc").Where(path => path[6..].All(char.IsAsciiDigit)).Where(path => EnvironmentOf(path).Contains($"{Mark}={folder}\0", StringComparison.Ordinal));

    private static string EnvironmentOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has just ended, or is none of ours
        }
    }

    [GeneratedRegex("^(hold|bad)-")]
    private static partial Regex GateFile();

    [GeneratedRegex(@"^(current|releases|\.murder|releases/(1\.0\.0-old|2\.0\.0-new(\.partial)?)|\.murder/(lock|audit\.jsonl|metainfo|agents)|\.murder/metainfo/(1\.0\.0-old|2\.0\.0-new)\.torrent|\.murder/agents/murder-peer-[0-9a-f]{64})$")]
    private static partial Regex Known();
}
