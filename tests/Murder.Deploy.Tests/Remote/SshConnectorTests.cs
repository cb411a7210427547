using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Everything that can be wrong between here and a login.</summary>
public sealed class SshConnectorTests
{
    [Theory]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public async Task Every_usual_kind_of_key_logs_in(string type)
    {
        using var keys = new TestDirectory();
        Command.Run("chmod", "711", keys.Path);
        string key = keys.Combine("key");
        KeyGen.Make(key, type);
        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = [$"AuthorizedKeysFile {key}.pub"] });
        ssh.Host = ssh.Host with { IdentityFile = key };

        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    [Fact]
    public async Task Of_the_usual_keys_each_that_exists_is_tried_within_what_sshd_allows()
    {
        using var ssh = new SshFixture();
        string[] wrong = ["rsa1", "rsa2", "ecdsa"];
        foreach (string name in wrong)
        {
            KeyGen.Make(ssh.Directory.Combine(name), name.TrimEnd('1', '2'));
        }

        ssh.Options = ssh.Options with
        {
            IdentityFile = null,
            UsualIdentityFiles = [ssh.Directory.Combine("absent"), .. wrong.Select(name => ssh.Directory.Combine(name)), ssh.Sshd.ClientKeyPath],
        };

        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    [Fact]
    public async Task A_key_of_the_host_that_is_missing_or_no_key_is_unusable()
    {
        using var ssh = new SshFixture();
        ssh.Host = ssh.Host with { IdentityFile = "~/absent" };
        HostException missing = await ssh.FailAsync();
        Assert.Equal(HostFailure.IdentityUnusable, missing.Failure);
        Assert.Contains(ssh.Directory.Combine("absent"), missing.Message, StringComparison.Ordinal);

        ssh.Host = ssh.Host with { IdentityFile = ssh.Directory.Write("text", "no key"u8) };
        Assert.Equal(HostFailure.IdentityUnusable, (await ssh.FailAsync()).Failure);
    }

    [Fact]
    public async Task No_key_at_all_names_the_places_looked_at()
    {
        using var ssh = new SshFixture();
        ssh.Options = ssh.Options with { IdentityFile = null, UsualIdentityFiles = ["/absent/id_ed25519"] };

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.IdentityUnusable, e.Failure);
        Assert.Contains("/absent/id_ed25519", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection_is_said_so()
    {
        using var ssh = new SshFixture();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, and nobody listens
        ssh.Host = ssh.Host with { Port = ((IPEndPoint)taken.LocalEndPoint!).Port };

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.Unreachable, e.Failure);
        Assert.Contains("connection refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_said_so()
    {
        using var ssh = new SshFixture();
        ssh.Host = ssh.Host with { Address = "no-such-host.invalid" };

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.Unreachable, e.Failure);
        Assert.Contains("no-such-host.invalid", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_sshd_that_drops_connections_at_first_is_tried_again()
    {
        using var ssh = new SshFixture();
        int port = ssh.Sshd.Port;
        using var server = new ScriptedServer(async (stream, connection) =>
        {
            if (connection <= 3)
            {
                return; // as sshd does above MaxStartups
            }

            using var target = new TcpClient("127.0.0.1", port);
            await Task.WhenAny(stream.CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(stream));
        });
        ssh.TrustOnly(ssh.Sshd.KnownHostsLine("ed25519", "*"));
        ssh.Host = ssh.Host with { Port = server.Port };

        await using (AgentChannel channel = await ssh.LaunchAsync())
        {
            Assert.Equal("0.0-stub", channel.Hello.Version);
        }

        Assert.Equal(4, server.Connections);
    }

    [Fact]
    public async Task Many_logins_at_once_get_through_an_sshd_that_allows_few()
    {
        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = ["MaxStartups 2:100:2"] });
        ssh.Options = ssh.Options with { ConnectMax = TimeSpan.FromMinutes(4), AttemptsMax = 100 };
        ShellAgentLauncher launcher = ssh.Launcher();

        AgentChannel[] channels = await Task.WhenAll(Enumerable.Range(1, 12).Select(n => launcher.LaunchAsync(ssh.Host with { Name = $"web{n}" }, CancellationToken.None)));

        await Task.WhenAll(channels.Select(channel => channel.DisposeAsync().AsTask()));
        Assert.Contains("MaxStartups", ssh.Sshd.Log, StringComparison.Ordinal);
    }

    /// <summary>It drops three of ten that come while ten are logging in, and more the more they are.</summary>
    [Fact]
    public async Task Sixty_four_logins_at_once_get_through_an_sshd_with_its_defaults()
    {
        using var ssh = new SshFixture();
        ShellAgentLauncher launcher = ssh.Launcher();

        AgentChannel[] channels = await Task.WhenAll(Enumerable.Range(1, 64).Select(n => launcher.LaunchAsync(ssh.Host with { Name = $"web{n}" }, CancellationToken.None)));

        await Task.WhenAll(channels.Select(channel => channel.DisposeAsync().AsTask()));
        Assert.Equal(64, channels.Length);
    }

    [Fact]
    public async Task A_cancelled_launch_ends_at_once()
    {
        using var ssh = new SshFixture();
        using var server = new ScriptedServer((_, _) => Task.Delay(Timeout.Infinite));
        using var cancel = new CancellationTokenSource();
        ssh.Host = ssh.Host with { Port = server.Port };

        Task<AgentChannel> launching = ssh.Launcher().LaunchAsync(ssh.Host, cancel.Token);
        await server.FirstConnection;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launching);
    }

    [Fact]
    public void Files_the_user_named_must_exist_and_all_that_do_not_are_told_at_once()
    {
        DeploymentSettings settings = Settings() with { KnownHosts = "/absent/a; /absent/b", IdentityFile = "/absent/key" };

        var e = Assert.Throws<DeploymentException>(() => SshOptions.From(settings));

        Assert.Equal(["MURDER0320", "MURDER0320", "MURDER0322"], e.Problems.Select(problem => problem.Code));
    }

    [Fact]
    public void Known_hosts_that_may_not_be_read_are_named()
    {
        using TestDirectory directory = new();
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0b111_101_101);
        string path = directory.Write("known_hosts", "x"u8);
        File.SetUnixFileMode(path, UnixFileMode.None);

        DeploymentException refusal = Nobody.Does(() => Assert.Throws<DeploymentException>(() => SshOptions.From(Settings() with { KnownHosts = path })));

        Problem problem = Assert.Single(refusal.Problems);
        Assert.Equal("MURDER0321", problem.Code);
        Assert.Contains(path, problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_nobody_named_may_be_absent()
    {
        SshOptions options = SshOptions.From(Settings());

        Assert.Contains(options.UsualKnownHostsFiles, file => file.EndsWith("/.ssh/known_hosts", StringComparison.Ordinal));
        Assert.Equal(Environment.UserName, options.UserOf(new TargetHost("a") { Address = "a", Root = "/a" }));
    }

    internal static DeploymentSettings Settings() => new()
    {
        ProjectDirectory = "/p",
        Application = "a",
        Version = "1.0.0",
        PublishDirectory = "/p/out",
        Hosts = "a",
        AgentDirectory = "/p/agents",
        StateDirectory = "/p",
        ReportDirectory = "/p/report",
    };
}
