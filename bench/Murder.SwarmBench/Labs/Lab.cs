using System.Diagnostics;
using System.Globalization;

namespace Murder.SwarmBench;

/// <summary>One host of the lab, as this machine sees it.</summary>
/// <param name="Folder">holds the host's /srv, /root, /run, ...</param>
internal sealed record LabHost(string Name, string Address, string Folder)
{
    /// <summary>Where the systems bring the payload: /srv/app on the host.</summary>
    public string App => Path.Combine(Folder, "srv", "app");

    /// <summary>/run/bench on the host: what a system's own program needs there.</summary>
    public string Bench => Path.Combine(Folder, "run", "bench");
}

/// <summary>A lab that <c>bench/lab up</c> made and that goes away with this object.</summary>
internal sealed class Lab : IAsyncDisposable
{
    public const string Deployer = "deployer";
    public const string DeployerAddress = "10.77.0.1";

    private readonly string _script;
    private readonly string _name;
    private readonly string _state;
    private readonly Process _keeper;

    private Lab(string script, string name, string rate)
    {
        string state = Path.Combine("/run", name);
        _name = name;
        _script = script;
        _state = state;
        Rate = rate;
        Bits = long.Parse(File.ReadLines(Path.Combine(state, "lab")).Single(line => line.StartsWith("bits=", StringComparison.Ordinal))[5..], CultureInfo.InvariantCulture);
        Hosts = [.. ReadHosts()];
        _keeper = Start(Deployer, "sleep", "infinity");
    }

    public string Rate { get; }

    /// <summary>Of each link in each direction, per second.</summary>
    public long Bits { get; }

    public IReadOnlyList<LabHost> Hosts { get; }

    public string Inventory => Path.Combine(_state, "inventory.ini");

    public string KnownHosts => Path.Combine(_state, "known_hosts");

    public string IdentityFile => Path.Combine(_state, "id_ed25519");

    /// <summary>A process that lives in the deployer's namespace as long as the lab: its /proc shows that network.</summary>
    public int DeployerProcessId => _keeper.Id;

    /// <summary>A process of the host's namespace that lives as long as the lab.</summary>
    public int KeeperOf(string host) => int.Parse(
        File.ReadLines(Path.Combine(_state, "pids")).Select(line => line.Split(' ')).Single(fields => fields[0] == host)[1], CultureInfo.InvariantCulture);

    public static async Task<Lab> UpAsync(BenchOptions options, int hosts, string rate, CancellationToken cancellationToken)
    {
        string script = Path.Combine(options.Repository, "bench", "lab");
        await Command.RunAsync(script, ["up", hosts.ToString(CultureInfo.InvariantCulture), rate, "--latency", options.LatencyMilliseconds.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        string name = Environment.GetEnvironmentVariable("MURDER_LAB") is { Length: > 0 } given ? given : "murder-lab";
        Lab lab = new(script, name, rate);
        if (options.ChecksLinks)
        {
            Console.Write(await Command.RunAsync(script, ["check"], cancellationToken));
        }

        return lab;
    }

    /// <summary>Processes of a place (a host, or <see cref="Deployer"/>), or of all places together when null.</summary>
    public string Cgroup(string? place)
    {
        string root = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(mount => mount[2] == "cgroup2")?[1]
            ?? throw new BenchException("this machine has no cgroup2, which CPU time is read from");
        return Path.Combine(root, _name, place ?? "");
    }

    /// <param name="what">as <c>bench/lab filter</c> takes it</param>
    public Task FilterAsync(string what, CancellationToken cancellationToken) => Command.RunAsync(_script, ["filter", what], cancellationToken);

    /// <summary>The command as <see cref="Start"/> runs it.</summary>
    public ProcessStartInfo Exec(string place, params IEnumerable<string> command) => new(_script, ["exec", place, .. command]);

    /// <summary>Runs until it ends, is killed or the lab goes away; stdin and stdout are the caller's, stderr is this process's.</summary>
    public Process Start(string place, params IEnumerable<string> command)
    {
        ProcessStartInfo start = Exec(place, command);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        return Process.Start(start)!;
    }

    /// <summary>Leaves what a deploy would find from the ones before: the cached agent, not the releases.</summary>
    public async Task ClearHostsAsync()
    {
        await Task.WhenAll(Hosts.Select(host => Task.Run(() =>
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(Path.Combine(host.Folder, "srv")).EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo { LinkTarget: null } folder)
                {
                    folder.Delete(recursive: true); // links inside are removed, not followed
                }
                else
                {
                    entry.Delete();
                }
            }
        })));
    }

    /// <summary>Hosts that no deploy has been to: they keep the agent in the login's cache, since their root, a folder of /srv, is not there yet.</summary>
    public void ClearAgents()
    {
        foreach (string cache in Hosts.Select(host => Path.Combine(host.Folder, "root", ".cache")).Where(Directory.Exists))
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Command.Kill(_keeper);
        _keeper.Dispose();
        await Command.RunAsync(_script, ["down"], CancellationToken.None);
    }

    private IEnumerable<LabHost> ReadHosts()
    {
        foreach (string line in File.ReadLines(Inventory))
        {
            if (line.Split(" ansible_host=") is [string name, string address])
            {
                yield return new LabHost(name, address, Path.Combine(_state, "hosts", name));
            }
        }
    }
}
