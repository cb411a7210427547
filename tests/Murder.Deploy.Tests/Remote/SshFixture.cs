using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>An sshd, a root folder on "the host", and the launcher under test, with settings a test may change before it launches.</summary>
internal sealed class SshFixture : IDisposable
{
    private readonly bool _ownsSshd;

    public SshFixture(LoopbackSshdOptions? options = null)
        : this(LoopbackSshd.Start(options)) => _ownsSshd = true;

    /// <param name="sshd">goes on when this is disposed</param>
    public SshFixture(LoopbackSshd sshd)
    {
        Sshd = sshd;
        Directory = new TestDirectory();
        Command.Run("chmod", "755", Directory.Path);
        System.IO.Directory.CreateDirectory(Root);
        Command.Run("chown", Sshd.User, Root);
        Options = new SshOptions
        {
            KnownHosts = KnownHosts.Read([Sshd.KnownHostsPath]),
            IdentityFile = Sshd.ClientKeyPath,
            UsualIdentityFiles = [],
            UsualKnownHostsFiles = [],
            OpenSshProgram = ChildProcess.OnPath("ssh"),
            DefaultUser = Sshd.User,
            HomeDirectory = Directory.Path,
            ProjectDirectory = Directory.Path,
            ConnectMax = TimeSpan.FromSeconds(60),
        };
        Host = new TargetHost("web1") { Address = Sshd.Address, Port = Sshd.Port, Root = Root };
        Package = StubAgent.Package(StubAgent.Script(extra: $"# {Guid.NewGuid()}")); // its own hash: no other test has left it in a cache
    }

    public LoopbackSshd Sshd { get; }

    public TestDirectory Directory { get; }

    public SshOptions Options { get; set; }

    public TargetHost Host { get; set; }

    public AgentPackage Package { get; set; }

    public string Root => Directory.Combine("root");

    public string AgentFolder => Path.Combine(Root, ".murder", "agents");

    public string AgentFile => Path.Combine(AgentFolder, $"murder-peer-{Package.Sha256}");

    public ShellAgentLauncher Launcher() => new(new SshConnector(Options, TimeProvider.System), [Package], "agents", TimeProvider.System);

    public Task<AgentChannel> LaunchAsync() => Launcher().LaunchAsync(Host, CancellationToken.None);

    public async Task<HostException> FailAsync() => await Assert.ThrowsAsync<HostException>(async () =>
    {
        AgentChannel channel = await LaunchAsync();
        await channel.DisposeAsync();
    });

    /// <summary>Hosts are reached by this configuration only, and nothing of it is said otherwise.</summary>
    /// <param name="address">what ssh is given</param>
    public void Configure(string address, params string[] lines)
    {
        string file = Directory.Write("ssh_config", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        Options = Options with { ConfigFile = file, KnownHosts = null, IdentityFile = null, Library = new KnownHostsLibrary() };
        List<Problem> problems = [];
        Host = ConfiguredHosts.Of([Host with { Address = address, Port = null }], Options, problems)[0];
        Assert.Equal([], problems);
    }

    public void TrustOnly(params string[] knownHostsLines)
    {
        string path = Directory.Write("known_hosts", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', knownHostsLines) + "\n"));
        Options = Options with { KnownHosts = KnownHosts.Read([path]) };
    }

    /// <summary>The stub says in its status where it was started from and with which umask.</summary>
    public static async Task<(string File, string Umask)> WhereAsync(AgentChannel channel)
    {
        await channel.SendAsync(new StatusCommand("/"), CancellationToken.None);
        var status = Assert.IsType<AgentStatus>(await channel.ReadAsync(CancellationToken.None));
        return (status.Staged[0], status.Partial[0]);
    }

    public void Dispose()
    {
        if (_ownsSshd)
        {
            Sshd.Dispose();
        }

        Directory.Dispose();
    }
}
