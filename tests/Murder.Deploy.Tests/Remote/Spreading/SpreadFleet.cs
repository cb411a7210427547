using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Hosts on loopback, each with a root and so an agent cache of its own, that a command of the user's reaches: a shell with what the test gives it.</summary>
internal sealed class SpreadFleet : IDisposable
{
    /// <summary>What the script needs besides a way to get the agent.</summary>
    private static readonly string[] s_tools = ["sh", "uname", "id", "mkdir", "rm", "chmod", "wc", "head", "mv", "sha256sum", "df", "gzip", "printf", "tee", "cat"];

    private readonly TestDirectory _directory = new();
    private readonly string _tools;
    private readonly string _login;

    /// <param name="size">number of hosts</param>
    /// <param name="shell">what the login gives</param>
    /// <param name="getters">tools that the hosts have besides the usual ones: <c>curl</c>, or <c>wget=busybox</c> for one under another name</param>
    public SpreadFleet(int size = 8, string shell = "sh", params string[] getters)
        : this(size, shell, offerPort: null, getters)
    {
    }

    /// <param name="offerPort">where the agents say that they hand themselves on; null when they do not</param>
    public SpreadFleet(int size, string shell, int? offerPort, IReadOnlyList<string> getters)
    {
        Hosts = [.. Enumerable.Range(0, size).Select(i => new TargetHost($"web{i}") { Address = $"web{i}", Root = _directory.Combine($"web{i}") })];
        foreach (TargetHost host in Hosts)
        {
            Directory.CreateDirectory(host.Root);
        }

        _tools = _directory.Combine("tools");
        Directory.CreateDirectory(_tools);
        foreach (string[] tool in s_tools.Concat(getters).Select(tool => tool.Split('=')))
        {
            System.IO.File.CreateSymbolicLink(Path.Combine(_tools, tool[0]), File(tool[^1]));
        }

        string[] program = shell.Split(' ');
        _login = Write("login", $"export SSH_CONNECTION='127.0.0.1 40000 127.0.0.1 22' PATH={_directory.Path}/$1-tools:{_tools}\nexec {File(program[0])} {string.Join(' ', program[1..])}\n");
        // As large as it takes to be under way for a moment; its own hash, so that no other test has left it in a cache.
        string digits = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(1_500_000));
        string stub = StubAgent.Script(extra: $": {digits}");
        Package = StubAgent.Package(offerPort is null ? stub : stub
            .Replace("\"hostAddress\":null", "\"hostAddress\":\"127.0.0.1\"", StringComparison.Ordinal)
            .Replace(StubAgent.NoOffer, $"{{\"type\":\"offered\",\"port\":{offerPort}}}", StringComparison.Ordinal));
        Launcher = new ShellAgentLauncher(
            new CommandConnector(CommandTemplate.Of($"sh {_login} {{host}}")!, TimeProvider.System), [Package], "agents", TimeProvider.System, new SpreadDesk(new AgentSpreadLimits(), port: 0, TimeProvider.System));
    }

    public IReadOnlyList<TargetHost> Hosts { get; }

    public AgentPackage Package { get; }

    public ShellAgentLauncher Launcher { get; }

    /// <summary>Files in the agents' folders, by host; each agent that is there is whole.</summary>
    public IReadOnlyList<string> Files => [.. Hosts.SelectMany(host => Directory.GetFiles(Path.Combine(host.Root, ".murder", "agents"))).Select(file => Path.GetRelativePath(_directory.Path, file)).Order(StringComparer.Ordinal)];

    /// <summary>What <see cref="Files"/> is when every host has the agent, and nothing else.</summary>
    public IReadOnlyList<string> WholeFleet => [.. Hosts.Select(host => $"{host.Name}/.murder/agents/murder-peer-{Package.Sha256}").Order(StringComparer.Ordinal)];

    /// <summary>Processes of this fleet that hand on the agent.</summary>
    public IReadOnlyList<string> Relays => [.. Command.Run("ps", "-eo", "pid,args").Split('\n').Where(line => line.Contains(_directory.Path, StringComparison.Ordinal) && line.Contains("perl", StringComparison.Ordinal))];

    /// <summary>No host has the tool.</summary>
    public void Forget(string tool) => System.IO.File.Delete(Path.Combine(_tools, tool));

    /// <summary>One host has a tool that goes before what it has otherwise.</summary>
    public void Give(TargetHost host, string tool, string script)
    {
        string file = Write($"{host.Name}-tools/{tool}", script);
        Command.Run("chmod", "755", file);
    }

    public async Task<IReadOnlyList<AgentChannel>> LaunchAsync() => await Task.WhenAll(Hosts.Select(host => Launcher.LaunchAsync(host, CancellationToken.None)));

    public void Dispose() => _directory.Dispose();

    /// <summary>Not what a shell would take, which may have it built in.</summary>
    private static string File(string program) => ((string[])["/usr/bin", "/bin", "/usr/sbin", "/sbin"]).Select(folder => Path.Combine(folder, program)).First(System.IO.File.Exists);

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.Combine(name))!);
        return _directory.Write(name, System.Text.Encoding.UTF8.GetBytes(text));
    }
}
