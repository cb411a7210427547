using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Which sshd is trusted: the whole way from a known_hosts file to a refused or accepted connection.</summary>
public sealed class HostKeyTests
{
    [Fact]
    public async Task A_host_that_is_not_in_known_hosts_is_refused()
    {
        using var ssh = new SshFixture();
        ssh.TrustOnly("# nobody");

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.HostKeyUnknown, e.Failure);
        Assert.Contains(Fingerprint(ssh, "ed25519"), e.Message, StringComparison.Ordinal);
        Assert.Contains(ssh.Options.KnownHosts!.Files[0], e.Message, StringComparison.Ordinal);
        Problem problem = HostProblems.From(ssh.Host, e);
        Assert.Contains($"ssh-keyscan -p {ssh.Sshd.Port} 127.0.0.1", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_with_another_key_than_known_hosts_says_is_refused_with_file_and_line()
    {
        using var ssh = new SshFixture();
        using LoopbackSshd other = LoopbackSshd.Start();
        ssh.TrustOnly("# the old machine", other.KnownHostsLine("ed25519", $"[127.0.0.1]:{ssh.Sshd.Port}"));

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.HostKeyChanged, e.Failure);
        Assert.Contains(ssh.Options.KnownHosts!.Files[0] + ":2", e.Message, StringComparison.Ordinal);
        Assert.Contains(Fingerprint(ssh, "ed25519"), e.Message, StringComparison.Ordinal);
        Assert.Contains($"ssh-keygen -R \"[127.0.0.1]:{ssh.Sshd.Port}\"", HostProblems.From(ssh.Host, e).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_though_another_line_trusts_it()
    {
        using var ssh = new SshFixture();
        ssh.TrustOnly(ssh.Sshd.KnownHostsLine("ed25519"), "@revoked " + ssh.Sshd.KnownHostsLine("ed25519", "*"));

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.HostKeyChanged, e.Failure);
        Assert.Contains("revokes", e.Message, StringComparison.Ordinal);
    }

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

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.0.*", null)]
    [InlineData("web2.example.com", HostFailure.HostKeyUnknown)]
    public async Task A_certificate_counts_if_it_speaks_for_the_host(string principals, HostFailure? expected)
    {
        using var keys = new TestDirectory();
        string authority = keys.Combine("ca");
        string hostKey = keys.Combine("host");
        KeyGen.Make(authority, "ed25519");
        KeyGen.Make(hostKey, "ed25519");
        KeyGen.CertifyHost(authority, hostKey, principals);
        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = [$"HostKey {hostKey}", $"HostCertificate {hostKey}-cert.pub"] });
        ssh.TrustOnly($"@cert-authority [127.0.0.1]:* {string.Join(' ', File.ReadAllText(authority + ".pub").Split(' ').Take(2))}");

        if (expected is null)
        {
            await using AgentChannel channel = await ssh.LaunchAsync();
        }
        else
        {
            Assert.Equal(expected, (await ssh.FailAsync()).Failure);
        }
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
