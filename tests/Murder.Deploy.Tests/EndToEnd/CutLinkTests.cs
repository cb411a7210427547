using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>
/// A link that is cut in the middle of a deploy, so that neither side is told: not by the network, which answers nothing, nor by sshd, which never asks. The
/// deployer goes on without the host, and the agent there gives up what it was doing.
/// </summary>
public sealed class CutLinkTests : IDisposable
{
    /// <summary>In the environment of every process on the host that is cut off.</summary>
    private const string Mark = "MURDER_TEST_CUT";

    private static readonly TimeSpan s_lostMax = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan s_leftMax = TimeSpan.FromSeconds(65);

    private readonly List<IDisposable> _parts = [];

    public void Dispose()
    {
        _parts.Reverse();
        _parts.ForEach(part => part.Dispose());
    }

    /// <summary>By either engine: one while the release is fetched, one while a command of it runs.</summary>
    [CutNetworkFact]
    public async Task BothEndsAreGoneWithinTheTimesOfTheProtocol()
    {
        CutNetwork network = Own(new CutNetwork("web1", "web2"));
        TestDirectory mark = Own(new TestDirectory());
        LoopbackSshd[] sshds = [.. new[] { "web1", "web2" }.Select(name => Own(LoopbackSshd.Start(new LoopbackSshdOptions
        {
            Namespace = network.NamespaceOf(name),
            Address = network.AddressOf(name),
            ConfigLines = name == "web1" ? [$"SetEnv {Mark}={mark.Path}"] : [],
        })))];
        CutDeploy fetching = Own(new CutDeploy(network, sshds, nameof(SshEngine.SshNet)) { RateLimit = "200k" });
        CutDeploy activating = Own(new CutDeploy(network, sshds, nameof(SshEngine.OpenSsh)) { AfterActivate = "while [ -e \"$MURDER_ROOT/hold\" ]; do sleep 0.1; done" });
        activating.Hold();
        fetching.Start();
        activating.Start();
        await Task.WhenAll(fetching.HasFetchedSome(), activating.Tells("web1: switched"), activating.Tells("web2: switched"));

        network.Cut("web1");
        Stopwatch since = Stopwatch.StartNew();

        await Task.WhenAll(LostAsync(fetching), LostAsync(activating), LeftAsync());
        Assert.All([fetching, activating], deploy => Assert.NotNull(Command.TryRun("flock", "--nonblock", new ReleaseLayout(deploy.RootOf("web1")).Lock, "true")));
        Assert.All([fetching, activating], deploy => Assert.All(Directory.GetFiles(Path.Combine(deploy.RootOf("web1"), ".murder", "agents")), file => Assert.Equal(deploy.AgentFile, file)));

        async Task LostAsync(CutDeploy deploy)
        {
            await deploy.Tells("web1: AgentLost");
            TimeSpan told = since.Elapsed;
            deploy.Release();
            string output = await deploy.EndAsync();
            Assert.True(told < s_lostMax, $"the host was lost after {told.TotalSeconds:0.0} s:\n{output}");
            Assert.Contains("MURDER0311", await File.ReadAllTextAsync(deploy.Report), StringComparison.Ordinal);
            Assert.Contains("web2: active", output, StringComparison.Ordinal);
        }

        async Task LeftAsync()
        {
            await Eventually.TrueAsync(() => MarkedProcesses.With(Mark, mark.Path).Count == 0, s_leftMax + TimeSpan.FromSeconds(30));
            TimeSpan left = since.Elapsed;
            Assert.True(left < s_leftMax, $"the last process on the host ended after {left.TotalSeconds:0.0} s");
        }
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>A deploy from a process in the deployer's namespace, to hosts with roots of its own.</summary>
    private sealed class CutDeploy(CutNetwork network, LoopbackSshd[] sshds, string engine) : IDisposable
    {
        private static readonly string[] s_names = ["web1", "web2"];

        private readonly DeployFixture _deploy = new(largeFileBytes: 4_000_000);
        private readonly ToldLines _told = new();
        private Process? _process;

        public string RateLimit { get; init; } = "";

        public string AfterActivate { get; init; } = "";

        public string AgentFile => Path.Combine(RootOf("web1"), ".murder", "agents", $"murder-peer-{Assert.Single(AgentPackage.ReadAll(_deploy.Settings.AgentDirectory)).Sha256}");

        public string RootOf(string name) => _deploy.RootOver(name);

        public string Report => Path.Combine(_deploy.Settings.ReportDirectory, "report.json");

        public void Hold() => Array.ForEach(s_names, name => _deploy.Directory.Write($"root-{name}/hold", []));

        public void Release() => Array.ForEach(s_names, name => File.Delete(Path.Combine(RootOf(name), "hold")));

        public void Start()
        {
            _deploy.PackAgent();
            Array.ForEach(s_names, name => Directory.CreateDirectory(RootOf(name)));
            DeploymentSettings settings = _deploy.Settings with
            {
                SshEngine = engine,
                RateLimit = RateLimit,
                AfterActivate = AfterActivate,
                Hosts = string.Join(' ', s_names),
                HostItems = [.. s_names.Select((name, index) => _deploy.HostOver(sshds[index], name))],
                KnownHosts = _deploy.Directory.Write("known_hosts", Encoding.UTF8.GetBytes(string.Concat(sshds.Select(sshd => File.ReadAllText(sshd.KnownHostsPath))))),
                MaxFailedHosts = "1",
            };
            string file = _deploy.Directory.Write("settings.json", JsonSerializer.SerializeToUtf8Bytes(settings));
            string deployer = Path.Combine(AppContext.BaseDirectory, "murder-dying-deployer.dll");
            string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
            _process = new Process { StartInfo = new ProcessStartInfo("ip", ["netns", "exec", network.NamespaceOf("deployer"), dotnet, deployer, file, "-1"]) { RedirectStandardOutput = true } };
            _process.StartInfo.Environment["XDG_CACHE_HOME"] = _deploy.Directory.Combine("cache"); // that of this user is that of the hosts: they would find the seeder's agent there
            _process.OutputDataReceived += (_, line) => _told.Add(line.Data);
            _process.Start();
            _process.BeginOutputReadLine();
        }

        public Task HasFetchedSome() => Eventually.TrueAsync(() => Directory.Exists(Path.Combine(RootOf("web1"), "releases"))
            && new DirectoryInfo(RootOf("web1")).EnumerateFiles("*.dll", SearchOption.AllDirectories).Any(file => file.Length > 0));

        /// <summary>Until it tells of this, a regular expression.</summary>
        public Task Tells(string line) => _told.UntilAsync(line);

        public async Task<string> EndAsync()
        {
            await _process!.WaitForExitAsync();
            return _told.ToString();
        }

        public void Dispose()
        {
            if (_process is not null)
            {
                ProcessTree.KillWithDescendants(_process.Id);
                _process.WaitForExit();
                _process.Dispose();
            }

            _deploy.Dispose();
        }
    }
}
