using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A deploy from a process in the deployer's namespace, to hosts with roots of its own.</summary>
internal sealed class NetworkDeploy(CutNetwork network, string[] names, LoopbackSshd[] sshds, string engine) : IDisposable
{
    private readonly DeployFixture _deploy = new(largeFileBytes: 4_000_000);
    private readonly ToldLines _told = new();
    private Process? _process;

    public string RateLimit { get; init; } = "";

    /// <summary>Hosts that may fail.</summary>
    public string MaxFailedHosts { get; init; } = "1";

    public string AfterActivate { get; init; } = "";

    public string AgentFile => Path.Combine(RootOf(names[0]), ".murder", "agents", $"murder-peer-{Assert.Single(AgentPackage.ReadAll(_deploy.Settings.AgentDirectory)).Sha256}");

    public string RootOf(string name) => _deploy.RootOver(name);

    public string Report => Path.Combine(_deploy.Settings.ReportDirectory, "report.json");

    public void Hold() => Array.ForEach(names, name => _deploy.Directory.Write($"root-{name}/hold", []));

    public void Release() => Array.ForEach(names, name => File.Delete(Path.Combine(RootOf(name), "hold")));

    public void Start()
    {
        _deploy.PackAgent();
        Array.ForEach(names, name => Directory.CreateDirectory(RootOf(name)));
        DeploymentSettings settings = _deploy.Settings with
        {
            SshEngine = engine,
            RateLimit = RateLimit,
            AfterActivate = AfterActivate,
            Hosts = string.Join(' ', names),
            HostItems = [.. names.Select((name, index) => _deploy.HostOver(sshds[index], name))],
            KnownHosts = _deploy.Directory.Write("known_hosts", Encoding.UTF8.GetBytes(string.Concat(sshds.Select(sshd => File.ReadAllText(sshd.KnownHostsPath))))),
            MaxFailedHosts = MaxFailedHosts,
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

    public Task HasFetchedSome() => Eventually.TrueAsync(() => Directory.Exists(Path.Combine(RootOf(names[0]), "releases"))
        && new DirectoryInfo(RootOf(names[0])).EnumerateFiles("*.dll", SearchOption.AllDirectories).Any(file => file.Length > 0));

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
