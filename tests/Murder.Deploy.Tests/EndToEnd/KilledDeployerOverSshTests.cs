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

    /// <summary>An agent learns of it by the end of its input, and what it was doing is given up. Its lease is a minute.</summary>
    private static readonly TimeSpan LeavingMax = TimeSpan.FromSeconds(2);

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

    public static TheoryData<string> Engines => [.. MatrixRow.Engines];

    /// <summary>Over a link that waits for it in the middle of it.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task WhileItUploadsTheAgent(string engine)
    {
        _deploy.PackAgent(extraBytes: 2_000_000);
        Array.ForEach(Roots(), root => Directory.CreateDirectory(root)); // else the agent lies elsewhere
        using HeldLink link = new(_sshds[0].Port, bytesMax: 500_000);
        DeploymentSettings direct = _deploy.Settings with { SshEngine = engine };
        HostItem[] hosts = [.. direct.HostItems];
        string knownHosts = _deploy.Directory.Write("known_over_link", [.. File.ReadAllBytes(direct.KnownHosts), .. Encoding.UTF8.GetBytes(_sshds[0].KnownHostsLine("ed25519", $"[127.0.0.1]:{link.Port}") + "\n")]);
        string agents = Path.Combine(_deploy.RootOver("web1"), ".murder", "agents");

        using Process deployer = Start(direct with { KnownHosts = knownHosts, HostItems = [hosts[0] with { Port = $"{link.Port}" }, .. hosts[1..]] }, []);
        Task<string> output = deployer.StandardOutput.ReadToEndAsync();
        Assert.True(await Task.WhenAny(link.Held, output) == link.Held, output.IsCompleted ? await output : "");
        await Eventually.TrueAsync(() => Directory.Exists(agents) && Directory.EnumerateFiles(agents, ".arriving-*").Any(file => new FileInfo(file).Length > 0));
        await Eventually.TrueAsync(() => new[] { "web2", "web3" }.All(name => Directory.Exists(Path.Combine(_deploy.RootOver(name), "releases"))));
        deployer.Kill(); // SIGKILL
        link.GoOn();

        await NothingIsLeftAsync(await output);
        DeploymentReport again = await Deployment.DeployAsync(direct, activate: true, _deploy, CancellationToken.None);
        Assert.True(again.Succeeded, string.Join('\n', _deploy.Log));
        Assert.All(Roots(), root => Assert.Equal([], Strangers(root)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task WhileItStages(string engine)
    {
        _deploy.Settings = _deploy.Settings with { SshEngine = engine, RateLimit = "500k" }; // so that it takes some seconds

        await KillAndRepeatAsync("swarm [1-9][0-9]?%", at: 0, runs: [Old, Old, Old], thenAsWell: () =>
            Assert.Contains(Roots(), root => Directory.Exists(Path.Combine(root, "releases", New + ".partial")))); // so it was in the middle of it
    }

    [Fact]
    public async Task WhenTheFirstWaveHasSwitched()
    {
        Put("hold", "web1", New);

        await KillAndRepeatAsync("^web1: switched", at: 0, runs: [New, Old, Old]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task BetweenWaves(string engine)
    {
        _deploy.Settings = _deploy.Settings with { SshEngine = engine };

        await KillAndRepeatAsync("^web1: active", at: 0, runs: [New, Old, Old]);
    }

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

        await NothingIsLeftAsync(output);
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

    /// <summary>No agent, no ssh, no command of a release, no lock, and no file that was to be temporary.</summary>
    private async Task NothingIsLeftAsync(string output)
    {
        Stopwatch leaving = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => MarkedProcesses.With(Mark, _deploy.Directory.Path).Count == 0);
        Assert.True(leaving.Elapsed < LeavingMax, $"a process of the deploy was there for {leaving.Elapsed.TotalSeconds:0.0} s after it was killed:\n{output}");
        Assert.All(Roots(), root => Assert.NotNull(Command.TryRun("flock", "--nonblock", Path.Combine(root, ".murder", "lock"), "true")));
        Assert.All(Roots(), root => Assert.Equal([], Strangers(root)));
    }

    /// <summary>What it told.</summary>
    private async Task<string> DeployAndDieAsync(string line, int at)
    {
        using Process process = Start(_deploy.Settings with { Release = New }, [$"{at}", line]);
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 137, output);
        return output;
    }

    /// <param name="death">when it kills itself, as it takes it</param>
    private Process Start(DeploymentSettings settings, string[] death)
    {
        string file = _deploy.Directory.Write("settings.json", JsonSerializer.SerializeToUtf8Bytes(settings));
        string deployer = Path.Combine(AppContext.BaseDirectory, "murder-dying-deployer.dll");
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [deployer, file, .. death.Length == 0 ? ["-1"] : death]) { RedirectStandardOutput = true };
        start.Environment[Mark] = _deploy.Directory.Path;
        start.Environment["XDG_CACHE_HOME"] = _deploy.Directory.Combine("cache"); // that of this user is that of the hosts: they would find the seeder's agent there
        return Process.Start(start)!;
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
            .Select(folder => Path.Combine(root, folder))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateFileSystemEntries)
            .Select(path => Path.GetRelativePath(root, path))
            .Where(path => !Known().IsMatch(path) && !GateFile().IsMatch(path)),
    ];

    [GeneratedRegex("^(hold|bad)-")]
    private static partial Regex GateFile();

    [GeneratedRegex(@"^(current|releases|\.murder|releases/(1\.0\.0-old|2\.0\.0-new)(\.partial)?|\.murder/(lock|audit\.jsonl|metainfo|agents)|\.murder/metainfo/(1\.0\.0-old|2\.0\.0-new)\.torrent|\.murder/agents/murder-peer-[0-9a-f]{64})$")]
    private static partial Regex Known();
}
