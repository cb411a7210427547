using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>
/// One row of the matrix: a real host, <c>web1</c> in an ssh_config, that is reached by one engine. When it cannot be, a healthy neighbour of the same run,
/// by the same launcher at the same time, is none the worse for it.
/// </summary>
internal sealed class MatrixRow : IDisposable
{
    /// <summary>Both engines, for the rows where which one it is can make a difference.</summary>
    public static readonly string[] Engines = [nameof(SshEngine.SshNet), nameof(SshEngine.OpenSsh)];

    private readonly SshFixture _ssh;
    private readonly Dictionary<string, string> _config;

    public MatrixRow(string engine, LoopbackSshdOptions? options = null)
    {
        _ssh = new SshFixture(options);
        _ssh.Options = _ssh.Options with { Engine = Enum.Parse<SshEngine>(engine), ConnectMax = TimeSpan.FromSeconds(30) };
        _config = ConfigOf(_ssh.Sshd);
    }

    public LoopbackSshd Sshd => _ssh.Sshd;

    public TestDirectory Directory => _ssh.Directory;

    public SshOptions Options { get => _ssh.Options; set => _ssh.Options = value; }

    public AgentPackage Package { get => _ssh.Package; set => _ssh.Package = value; }

    /// <summary>The application's root on the host.</summary>
    public string Root { get => _ssh.Host.Root; set => _ssh.Host = _ssh.Host with { Root = value }; }

    /// <summary>Where the agent is put when nothing is the matter with the root.</summary>
    public string AgentFile => _ssh.AgentFile;

    /// <summary>Further hosts of the configuration, as lines.</summary>
    public List<string> OtherHosts { get; } = [];

    /// <summary>What the configuration says of the host; null for nothing.</summary>
    public string? this[string keyword]
    {
        set
        {
            if (value is null)
            {
                _config.Remove(keyword);
            }
            else
            {
                _config[keyword] = value;
            }
        }
    }

    public static TheoryData<string, T> WithEngines<T>(params T[] values)
    {
        TheoryData<string, T> rows = [];
        foreach (string engine in Engines)
        {
            foreach (T value in values)
            {
                rows.Add(engine, value);
            }
        }

        return rows;
    }

    /// <summary>A host of the configuration, as lines.</summary>
    public static IEnumerable<string> Lines(string alias, LoopbackSshd sshd) => Lines(alias, ConfigOf(sshd));

    /// <summary>Only these lines are known of all hosts.</summary>
    public void TrustOnly(params string[] knownHostsLines) =>
        this["UserKnownHostsFile"] = _ssh.Directory.Write("known_hosts", Encoding.UTF8.GetBytes(string.Join('\n', knownHostsLines) + "\n"));

    /// <summary>The agent is up and answers.</summary>
    /// <returns>where its file lies on the host</returns>
    public async Task<string> AnswersAsync()
    {
        _ssh.Configure("web1", [.. Lines("web1", _config), .. OtherHosts]);
        await using AgentChannel channel = await _ssh.LaunchAsync();
        return (await SshFixture.WhereAsync(channel)).File;
    }

    /// <summary>There is no agent on the host, and the neighbour's answers.</summary>
    /// <returns>what the user is told of the host</returns>
    public async Task<Problem> FailsAsync()
    {
        using LoopbackSshd healthy = LoopbackSshd.Start();
        using TestDirectory itsRoot = new();
        _ssh.Configure("web1", [.. Lines("web1", _config), .. Lines("neighbour", healthy), .. OtherHosts]);
        TargetHost neighbour = ConfiguredHosts.Of([new TargetHost("neighbour") { Address = "neighbour", Root = itsRoot.Path }], _ssh.Options, [])[0];
        ShellAgentLauncher launcher = _ssh.Launcher();

        Task<AgentChannel> launching = launcher.LaunchAsync(_ssh.Host, CancellationToken.None);
        await using AgentChannel beside = await launcher.LaunchAsync(neighbour, CancellationToken.None);
        HostException failure = await Assert.ThrowsAsync<HostException>(async () =>
        {
            AgentChannel channel = await launching;
            await channel.DisposeAsync();
        });

        Assert.StartsWith(itsRoot.Path, (await SshFixture.WhereAsync(beside)).File, StringComparison.Ordinal);
        Problem problem = HostProblems.From(_ssh.Host, failure);
        Assert.Contains("web1", problem.Text, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Remedy);
        return problem;
    }

    public void Dispose() => _ssh.Dispose();

    private static Dictionary<string, string> ConfigOf(LoopbackSshd sshd) => new()
    {
        ["HostName"] = sshd.Address,
        ["Port"] = $"{sshd.Port}",
        ["User"] = sshd.User,
        ["IdentityFile"] = sshd.ClientKeyPath,
        ["IdentityAgent"] = "none",
        ["UserKnownHostsFile"] = sshd.KnownHostsPath,
        ["GlobalKnownHostsFile"] = "none",
    };

    private static IEnumerable<string> Lines(string alias, Dictionary<string, string> config) =>
        [$"Host {alias}", .. config.Select(setting => $"  {setting.Key} {setting.Value}")];
}
