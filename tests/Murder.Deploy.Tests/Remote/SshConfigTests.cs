using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A host that <c>ssh HOST</c> reaches is reached, by either engine.</summary>
public sealed class SshConfigTests
{
    public static TheoryData<string> Engines => [nameof(SshEngine.SshNet), nameof(SshEngine.OpenSsh)];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_alias_is_all_that_has_to_be_known_of_a_host(string engine)
    {
        using SshFixture ssh = new();
        Use(ssh, engine);
        ssh.Configure("web", [.. AliasOf(ssh, "web")]);

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Equal("0.0-stub", channel.Hello.Version);
        Assert.Equal($"{ssh.Sshd.Address}:{ssh.Sshd.Port}", ssh.Host.Endpoint);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_the_user_says_goes_before_the_configuration(string engine)
    {
        using SshFixture ssh = new();
        Use(ssh, engine);
        (KnownHosts? named, string? identity, int? port) = (ssh.Options.KnownHosts, ssh.Options.IdentityFile, ssh.Host.Port);
        string file = ssh.Directory.Write("ssh_config", System.Text.Encoding.UTF8.GetBytes($"Host web\nHostName {ssh.Sshd.Address}\nPort 1\nUser nobody\nIdentityFile /absent\nUserKnownHostsFile /absent\n"));
        ssh.Options = ssh.Options with { ConfigFile = file, KnownHosts = named, IdentityFile = identity };

        ssh.Host = ConfiguredHosts.Of([ssh.Host with { Address = "web", Port = port, User = ssh.Sshd.User }], ssh.Options, [])[0];

        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    [Fact]
    public async Task The_passphrase_of_a_key_is_given_without_asking_anybody()
    {
        using TestDirectory keys = new();
        Command.Run("chmod", "711", keys.Path);
        string key = keys.Combine("key");
        KeyGen.Make(key, "ed25519", "a secret");
        using SshFixture ssh = new(new LoopbackSshdOptions { ConfigLines = [$"AuthorizedKeysFile {key}.pub"] });
        DeploymentSettings settings = SshConnectorTests.Settings() with { PassphraseFile = keys.Write("passphrase", "a secret\n"u8) };
        ssh.Options = ssh.Options with { IdentityFile = key, Passphrase = SshOptions.From(settings).Passphrase };

        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    [Fact]
    public async Task What_only_the_systems_ssh_can_do_is_not_left_out_in_silence()
    {
        using SshFixture ssh = new();
        Use(ssh, nameof(SshEngine.SshNet));
        ssh.Configure("web", [.. AliasOf(ssh, "web"), "  ProxyCommand nc %h %p"]);

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.ConfigUnusable, e.Failure);
        Assert.Contains("ProxyCommand", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_new_host_is_believed_once_when_the_configuration_says_so(string engine)
    {
        using SshFixture ssh = new();
        Use(ssh, engine);
        string known = ssh.Directory.Combine("known");
        ssh.Configure("web", [.. AliasOf(ssh, "web", known), "  StrictHostKeyChecking accept-new"]);
        await using (AgentChannel channel = await ssh.LaunchAsync())
        {
            Assert.Contains($"[{ssh.Sshd.Address}]:{ssh.Sshd.Port} ", await File.ReadAllTextAsync(known), StringComparison.Ordinal);
        }

        string[] learned = await File.ReadAllLinesAsync(known);
        await using (AgentChannel channel = await ssh.LaunchAsync())
        {
            Assert.Equal(learned, await File.ReadAllLinesAsync(known));
        }

        using LoopbackSshd impostor = LoopbackSshd.Start();
        await File.WriteAllTextAsync(known, string.Join('\n', learned.Select(line => line.Replace($":{ssh.Sshd.Port} ", $":{impostor.Port} ", StringComparison.Ordinal))) + "\n");
        ssh.Configure("web", [.. AliasOf(ssh, "web", known).Select(line => line.Replace($"{ssh.Sshd.Port}", $"{impostor.Port}", StringComparison.Ordinal)), "  StrictHostKeyChecking accept-new"]);
        Assert.Equal(HostFailure.HostKeyChanged, (await ssh.FailAsync()).Failure);
    }

    /// <summary>Whoever says it, a failure has the same name.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_keeps_ssh_out_has_its_reason(string engine)
    {
        using SshFixture ssh = new();
        using TestDirectory other = new();
        Use(ssh, engine);
        ssh.Options = ssh.Options with { AttemptsMax = 2 };
        string key = other.Combine("key");
        KeyGen.Make(key, "ed25519");
        string empty = other.Write("known", ""u8);
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, and nobody listens
        using LoopbackSshd shellless = LoopbackSshd.Start(new LoopbackSshdOptions { ConfigLines = ["ForceCommand exit 3"] });

        Assert.Equal(HostFailure.HostKeyUnknown, await FailureAsync(AliasOf(ssh, "web", empty)));
        Assert.Equal(HostFailure.AuthenticationFailed, await FailureAsync(AliasOf(ssh, "web", identity: key)));
        Assert.Equal(HostFailure.Unreachable, await FailureAsync([.. AliasOf(ssh, "web").Select(line => line.Replace($"{ssh.Sshd.Port}", $"{((IPEndPoint)taken.LocalEndPoint!).Port}", StringComparison.Ordinal))]));
        Assert.Equal(HostFailure.Unreachable, await FailureAsync(["Host web", "  HostName no-such-host.invalid", $"  IdentityFile {ssh.Sshd.ClientKeyPath}"]));
        Assert.Equal(HostFailure.NoShell, await FailureAsync(AliasOf(shellless, "web")));

        async Task<HostFailure> FailureAsync(IEnumerable<string> lines)
        {
            ssh.Configure("web", [.. lines, "  StrictHostKeyChecking no"]);
            return (await ssh.FailAsync()).Failure;
        }
    }

    [Fact]
    public void A_configuration_that_ssh_refuses_is_told_once_for_all_hosts()
    {
        using SshFixture ssh = new();
        ssh.Options = ssh.Options with { ConfigFile = ssh.Directory.Write("ssh_config", "Hots web\n"u8) };
        List<Problem> problems = [];

        ConfiguredHosts.Of([.. Enumerable.Range(1, 5).Select(number => new TargetHost($"web{number}") { Address = $"web{number}", Root = "/srv" })], ssh.Options, problems);

        Problem problem = Assert.Single(problems);
        Assert.Equal("MURDER0327", problem.Code);
        Assert.Contains("web1, web2, web3 and 2 more", problem.Text, StringComparison.Ordinal);
        Assert.Contains("hots", problem.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Settings_of_ssh_that_cannot_be_followed_are_all_told_at_once()
    {
        DeploymentSettings settings = SshConnectorTests.Settings() with { SshConfig = "/absent/config", SshEngine = "putty", PassphraseFile = "/absent/passphrase" };

        DeploymentException e = Assert.Throws<DeploymentException>(() => SshOptions.From(settings));

        Assert.Equal(["MURDER0324", "MURDER0326", "MURDER0328"], e.Problems.Select(problem => problem.Code));
    }

    [Fact]
    public void Without_an_ssh_on_the_machine_what_takes_one_is_refused_and_all_else_goes_on()
    {
        DeploymentSettings settings = SshConnectorTests.Settings();
        SshOptions options = SshOptions.From(settings, program: null);

        Assert.Null(options.OpenSshProgram);
        DeploymentException e = Assert.Throws<DeploymentException>(() => SshOptions.From(settings with { SshEngine = "openssh" }, program: null));
        Assert.Equal(["MURDER0325"], e.Problems.Select(problem => problem.Code));
    }

    /// <summary>As in the containers of CI services: ssh has the home of /etc/passwd.</summary>
    [Fact]
    public async Task Where_HOME_is_another_than_that_of_ssh_the_files_of_both_count()
    {
        using SshFixture ssh = new();
        ssh.Directory.Write("home/.ssh/known_hosts", File.ReadAllBytes(ssh.Sshd.KnownHostsPath));
        string key = ssh.Directory.Write("home/.ssh/id_ed25519", File.ReadAllBytes(ssh.Sshd.ClientKeyPath));
        Command.Run("chmod", "600", key);
        ssh.Options = ssh.Options with { HomeDirectory = ssh.Directory.Combine("home") };
        ssh.Configure("web", "Host web", $"  HostName {ssh.Sshd.Address}", $"  Port {ssh.Sshd.Port}", $"  User {ssh.Sshd.User}");

        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    [Fact]
    public void What_ssh_prints_is_read_with_its_tokens()
    {
        const string Printed = """
            user deploy
            hostname 10.0.0.7
            port 2222
            identitiesonly yes
            identityfile ~/.ssh/id_%h
            identityfile ${KEYS}/%r
            identityfile none
            certificatefile /c/%p-cert.pub
            identityagent none
            userknownhostsfile /home/me/.ssh/a /home/me/.ssh/b
            globalknownhostsfile /etc/ssh/ssh_known_hosts
            stricthostkeychecking accept-new
            hostkeyalias web
            proxycommand none
            """;

        SshConfig config = SshConfigOutput.Parse(Printed, "/home/me", name => name == "KEYS" ? "/keys" : null);

        Assert.Equal(("10.0.0.7", 2222, "deploy", "web"), (config.HostName, config.Port, config.User, config.HostKeyAlias));
        Assert.Equal(["/home/me/.ssh/id_10.0.0.7", "/keys/deploy"], config.IdentityFiles);
        Assert.Equal(["/c/2222-cert.pub"], config.CertificateFiles);
        Assert.Equal(["/home/me/.ssh/a", "/home/me/.ssh/b", "/etc/ssh/ssh_known_hosts"], config.KnownHostsFiles);
        Assert.True(config is { IdentitiesOnly: true, AcceptsNewHostKeys: true, IdentityAgent: null, NeedsOpenSsh: null });
    }

    private static void Use(SshFixture ssh, string engine) => ssh.Options = ssh.Options with { Engine = Enum.Parse<SshEngine>(engine) };

    private static string[] AliasOf(SshFixture ssh, string alias, string? knownHosts = null, string? identity = null) => AliasOf(ssh.Sshd, alias, knownHosts, identity);

    private static string[] AliasOf(LoopbackSshd sshd, string alias, string? knownHosts = null, string? identity = null) =>
    [
        $"Host {alias}",
        $"  HostName {sshd.Address}",
        $"  Port {sshd.Port}",
        $"  User {sshd.User}",
        $"  IdentityFile {identity ?? sshd.ClientKeyPath}",
        $"  UserKnownHostsFile {knownHosts ?? sshd.KnownHostsPath}",
        "  GlobalKnownHostsFile none",
    ];
}
