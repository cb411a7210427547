using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Key exchange, cipher and signatures are those that ssh's configuration asks for, and cheap ones where it does not.</summary>
public sealed class SshAlgorithmTests
{
    private static readonly LoopbackSshdOptions s_telling = new() { ConfigLines = ["LogLevel DEBUG1"] };

    [Fact]
    public async Task What_the_configuration_leaves_open_is_quick()
    {
        using SshFixture ssh = new(s_telling);
        ssh.Configure("web", [.. AliasOf(ssh)]);

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Contains("kex: algorithm: curve25519-sha256", ssh.Sshd.Log, StringComparison.Ordinal);
        Assert.Matches("kex: client->server cipher: aes(128|256)-gcm@openssh.com", ssh.Sshd.Log);
        Assert.Contains("Renci.SshNet", ssh.Sshd.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_configuration_asks_for_is_used()
    {
        using SshFixture ssh = new(s_telling);
        ssh.Configure("web", [.. AliasOf(ssh), "  KexAlgorithms ecdh-sha2-nistp384,curve25519-sha256", "  Ciphers aes192-ctr", "  MACs hmac-sha2-512"]);

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Contains("kex: algorithm: ecdh-sha2-nistp384", ssh.Sshd.Log, StringComparison.Ordinal);
        Assert.Contains("kex: client->server cipher: aes192-ctr MAC: hmac-sha2-512", ssh.Sshd.Log, StringComparison.Ordinal);
        Assert.Contains("Renci.SshNet", ssh.Sshd.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_the_systems_ssh_has_takes_that()
    {
        using SshFixture ssh = new(s_telling);
        ssh.Configure("web", [.. AliasOf(ssh), "  Ciphers aes128-ctr", "  MACs umac-64-etm@openssh.com"]);

        await using (AgentChannel channel = await ssh.LaunchAsync())
        {
            Assert.Contains("MAC: umac-64-etm@openssh.com", ssh.Sshd.Log, StringComparison.Ordinal);
        }

        ssh.Options = ssh.Options with { Engine = SshEngine.SshNet };
        HostException e = await ssh.FailAsync();
        Assert.Equal(HostFailure.ConfigUnusable, e.Failure);
        Assert.Contains("MACs", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logins_sign_as_the_configuration_accepts()
    {
        using TestDirectory keys = new();
        Command.Run("chmod", "711", keys.Path);
        string key = keys.Combine("key");
        KeyGen.Make(key, "rsa");
        using SshFixture ssh = new(new LoopbackSshdOptions { ConfigLines = [$"AuthorizedKeysFile {key}.pub", "PubkeyAcceptedAlgorithms rsa-sha2-256"] });
        ssh.Options = ssh.Options with { Engine = SshEngine.SshNet };

        ssh.Configure("web", [.. AliasOf(ssh, key)]);
        Assert.Equal(HostFailure.AuthenticationFailed, (await ssh.FailAsync()).Failure);
        ssh.Configure("web", [.. AliasOf(ssh, key), "  PubkeyAcceptedAlgorithms ssh-ed25519"]);
        HostException e = await ssh.FailAsync();
        Assert.Equal(HostFailure.IdentityUnusable, e.Failure);
        Assert.Contains("PubkeyAcceptedAlgorithms", e.Message, StringComparison.Ordinal);
        ssh.Configure("web", [.. AliasOf(ssh, key), "  PubkeyAcceptedAlgorithms rsa-sha2-256"]);
        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    /// <summary>Old appliances know no other; who names it means it.</summary>
    [Fact]
    public async Task A_host_key_with_sha1_is_taken_where_the_configuration_asks_for_it()
    {
        using SshFixture ssh = new(new LoopbackSshdOptions { HostKeyTypes = ["rsa"], ConfigLines = ["LogLevel DEBUG1", "HostKeyAlgorithms ssh-rsa"] });
        ssh.Configure("web", [.. AliasOf(ssh)]);
        ssh.Options = ssh.Options with { Engine = SshEngine.SshNet, AttemptsMax = 1 };
        Assert.Equal(HostFailure.Unreachable, (await ssh.FailAsync()).Failure);

        SshEngine engine = ssh.Options.Engine;
        ssh.Configure("web", [.. AliasOf(ssh), "  HostKeyAlgorithms +ssh-rsa"]);
        ssh.Options = ssh.Options with { Engine = engine };
        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    [Theory]
    [InlineData("KexAlgorithms ecdh-sha2-nistp256,curve25519-sha256", new[] { "ecdh-sha2-nistp256", "curve25519-sha256" })]
    [InlineData("KexAlgorithms ^ecdh-sha2-nistp521", new[] { "ecdh-sha2-nistp521", "curve25519-sha256" })]
    [InlineData("KexAlgorithms -curve25519-sha256", new[] { "curve25519-sha256@libssh.org" })]
    [InlineData("KexAlgorithms -*25519*,ml*", new[] { "ecdh-sha2-nistp256" })]
    [InlineData("Ciphers aes128-ctr", null)]
    public void Where_there_is_no_ssh_the_files_say_it(string line, string[]? first)
    {
        using TestDirectory home = new();
        string file = home.Write("config", System.Text.Encoding.UTF8.GetBytes(line + "\n"));

        SshAlgorithms algorithms = SshConfigFiles.Read(new TargetHost("web") { Address = "web", Root = "/srv" }, file, home.Path).Algorithms;

        Assert.Equal(first, algorithms.KeyExchanges?.Take(first?.Length ?? 0));
    }

    private static string[] AliasOf(SshFixture ssh, string? identity = null) =>
    [
        "Host web",
        $"  HostName {ssh.Sshd.Address}",
        $"  Port {ssh.Sshd.Port}",
        $"  User {ssh.Sshd.User}",
        $"  IdentityFile {identity ?? ssh.Sshd.ClientKeyPath}",
        $"  UserKnownHostsFile {ssh.Sshd.KnownHostsPath}",
        "  GlobalKnownHostsFile none",
        "  IdentityAgent none",
    ];
}
