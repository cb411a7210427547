using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Which sshd is trusted: the whole way from a known_hosts file to a refused or accepted connection.</summary>
public sealed class HostKeyTests
{
    [Fact]
    public async Task Hashed_names_are_found()
    {
        using var ssh = new SshFixture();
        KeyGen.HashNames(ssh.Sshd.KnownHostsPath);
        string hashed = File.ReadAllText(ssh.Sshd.KnownHostsPath);
        Assert.StartsWith("|1|", hashed, StringComparison.Ordinal);
        ssh.TrustOnly(hashed);

        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("*")]
    [InlineData("[127.0.0.?]:*")]
    public async Task A_line_without_the_port_or_with_a_pattern_trusts_too(string hosts)
    {
        using var ssh = new SshFixture();
        ssh.TrustOnly(ssh.Sshd.KnownHostsLine("ed25519", hosts));

        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    [Theory]
    [InlineData("[127.0.0.1]:1")]
    [InlineData("*,![127.0.0.1]:*,!127.*")]
    public async Task A_line_for_another_port_or_with_an_exception_does_not(string hosts)
    {
        using var ssh = new SshFixture();
        ssh.TrustOnly(ssh.Sshd.KnownHostsLine("ed25519", hosts));

        Assert.Equal(HostFailure.HostKeyUnknown, (await ssh.FailAsync()).Failure);
    }

    [Theory]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    [InlineData("ed25519")]
    public async Task A_host_with_many_keys_is_asked_for_the_one_that_is_known(string type)
    {
        using var ssh = new SshFixture(new LoopbackSshdOptions { HostKeyTypes = ["ed25519", "ecdsa", "rsa"] });
        ssh.TrustOnly(ssh.Sshd.KnownHostsLine(type));

        await using AgentChannel channel = await ssh.LaunchAsync();
    }

    [Fact]
    public async Task A_connection_outlives_a_change_of_its_session_keys()
    {
        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = ["RekeyLimit 1M"] })
        {
            Package = StubAgent.Package(StubAgent.Script(extra: ": " + Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6_000_000)))),
        };

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Equal("0.0-stub", channel.Hello.Version);
        Assert.True(ssh.Package.Gzip.Length > 4_000_000);
    }

    private static string Fingerprint(SshFixture ssh, string type) =>
        Command.Run("ssh-keygen", "-l", "-f", ssh.Sshd.HostKeyPath(type) + ".pub").Split(' ')[1];
}
