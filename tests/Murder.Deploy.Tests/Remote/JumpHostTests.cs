using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Hosts behind a jump host: one login there, however many they are.</summary>
public sealed partial class JumpHostTests
{
    [Fact]
    public async Task Forty_hosts_behind_one_bastion_cost_it_one_login()
    {
        using SshFixture ssh = new(new LoopbackSshdOptions { ConfigLines = ["MaxStartups 100"] }); // it stands for forty
        using LoopbackSshd bastion = LoopbackSshd.Start();
        ssh.Configure("web", [.. AliasOf(ssh.Sshd, "web"), "  ProxyJump bastion", .. AliasOf(bastion, "bastion")]);
        SshConnector connector = new(ssh.Options, TimeProvider.System);
        ShellAgentLauncher launcher = new(connector, [ssh.Package], "agents", TimeProvider.System);
        await using (connector)
        {
            AgentChannel[] channels = await Task.WhenAll(Enumerable.Range(1, 40).Select(n => launcher.LaunchAsync(ssh.Host with { Name = $"web{n}" }, CancellationToken.None)));

            await Task.WhenAll(channels.Select(channel => channel.DisposeAsync().AsTask()));
        }

        Assert.Single(LoginLine().Matches(bastion.Log));
        Assert.Single(ConnectionLine().Matches(bastion.Log));
        Assert.Equal(40, LoginLine().Count(ssh.Sshd.Log));
    }

    [Fact]
    public async Task Two_hops_are_one_login_each_and_nothing_is_left_of_them()
    {
        using SshFixture ssh = new();
        using LoopbackSshd first = LoopbackSshd.Start();
        using LoopbackSshd second = LoopbackSshd.Start();
        ssh.Configure("web", [
            .. AliasOf(ssh.Sshd, "web"), "  ProxyJump first,%r-gate-of-%n", // a token is each host's own
            .. AliasOf(first, "first"),
            .. AliasOf(second, $"{ssh.Sshd.User}-gate-of-web")]);
        SshConnector connector = new(ssh.Options, TimeProvider.System);
        await using (connector)
        {
            IRemoteShell[] shells = await Task.WhenAll(Enumerable.Range(1, 3).Select(n => connector.OpenAsync(ssh.Host with { Name = $"web{n}" }, CancellationToken.None)));

            foreach (IRemoteShell shell in shells)
            {
                await shell.DisposeAsync();
            }
        }

        Assert.Single(LoginLine().Matches(first.Log));
        Assert.Single(LoginLine().Matches(second.Log));
        await Eventually.TrueAsync(() => first.SessionCount + second.SessionCount == 0);
    }

    /// <summary>The jump host is the one to mend.</summary>
    [Fact]
    public async Task A_jump_host_that_lets_nobody_in_is_named_for_every_host_behind_it()
    {
        using SshFixture ssh = new();
        using LoopbackSshd first = LoopbackSshd.Start();
        using LoopbackSshd second = LoopbackSshd.Start();
        using TestDirectory other = new();
        KeyGen.Make(other.Combine("key"), "ed25519");
        ssh.Configure("web", [
            .. AliasOf(ssh.Sshd, "web"), "  ProxyJump first,second",
            .. AliasOf(first, "first"),
            .. AliasOf(second, "second").Select(line => line.Contains("IdentityFile", StringComparison.Ordinal) ? $"  IdentityFile {other.Combine("key")}" : line)]);
        SshConnector connector = new(ssh.Options, TimeProvider.System);
        await using (connector)
        {
            HostException[] failures = await Task.WhenAll(Enumerable.Range(1, 5).Select(n =>
                Assert.ThrowsAsync<HostException>(() => connector.OpenAsync(ssh.Host with { Name = $"web{n}" }, CancellationToken.None))));

            Assert.All(failures, failure => Assert.Equal(HostFailure.JumpFailed, failure.Failure));
            Assert.All(failures, failure => Assert.Contains("jump host second", failure.Message, StringComparison.Ordinal));
            Assert.All(failures, failure => Assert.Contains("Permission denied", failure.Message, StringComparison.Ordinal));
            Problem problem = HostProblems.From(ssh.Host with { Name = "web1" }, failures[0]);
            Assert.Equal("MURDER0330", problem.Code);
            Assert.Contains($"'ssh -v -F {ssh.Options.ConfigFile} -J first second'", problem.Remedy, StringComparison.Ordinal);
        }

        Assert.Single(LoginLine().Matches(first.Log));
    }

    /// <summary>Of each which opens with the passphrase, for one was named for the hosts and the other is configured for the jump host.</summary>
    [Fact]
    public async Task A_jump_host_lets_in_by_its_own_encrypted_key_whatever_key_is_named_for_the_hosts()
    {
        const string Passphrase = "a secret";
        using TestDirectory keys = new();
        string locked = keys.Combine("locked");
        KeyGen.Make(locked, "ed25519", Passphrase);
        Command.Run("chmod", "711", keys.Path);
        using SshFixture ssh = new();
        using LoopbackSshd bastion = LoopbackSshd.Start(new LoopbackSshdOptions { ConfigLines = [$"AuthorizedKeysFile {locked}.pub"] });
        ssh.Configure("web", [
            .. AliasOf(ssh.Sshd, "web"), "  ProxyJump bastion",
            .. AliasOf(bastion, "bastion").Select(line => line.Contains("IdentityFile", StringComparison.Ordinal) ? $"  IdentityFile {locked}" : line)]);
        ssh.Options = ssh.Options with { Passphrase = Passphrase, IdentityFile = ssh.Sshd.ClientKeyPath };
        SshConnector connector = new(ssh.Options, TimeProvider.System);
        await using (connector)
        {
            IRemoteShell shell = await connector.OpenAsync(ssh.Host, CancellationToken.None);
            await shell.DisposeAsync();
        }

        Assert.Single(LoginLine().Matches(bastion.Log));
    }

    [Fact]
    public async Task It_is_told_once_for_all_of_them()
    {
        using DeployFixture deploy = new(largeFileBytes: 1000);
        using LoopbackSshd web = LoopbackSshd.Start();
        using LoopbackSshd bastion = LoopbackSshd.Start(new LoopbackSshdOptions { ConfigLines = ["AllowUsers nobody-at-all"] });
        deploy.PackAgent();
        deploy.Settings = deploy.Settings with
        {
            Hosts = "web1 web2",
            HostItems = [new HostItem("web1") { Root = deploy.RootOver("web1") }, new HostItem("web2") { Root = deploy.RootOver("web2") }],
            SshConfig = deploy.Directory.Write("ssh_config", Encoding.UTF8.GetBytes(string.Join('\n', [.. AliasOf(web, "web*"), "  ProxyJump bastion", .. AliasOf(bastion, "bastion"), ""]))),
        };

        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: false, deploy, CancellationToken.None);

        Assert.False(report.Succeeded);
        Problem told = Assert.Single(deploy.Problems, problem => problem.Code == "MURDER0330");
        Assert.Contains("web1, web2", told.Text, StringComparison.Ordinal);
        Assert.Contains("jump host bastion", told.Text, StringComparison.Ordinal);
        Assert.All(report.Hosts, host => Assert.Equal("MURDER0330", host.Code));
    }

    [Fact]
    public async Task A_host_that_its_jump_host_cannot_reach_is_unreachable_itself()
    {
        using SshFixture ssh = new();
        using LoopbackSshd bastion = LoopbackSshd.Start();
        ssh.Configure("web", [
            .. AliasOf(ssh.Sshd, "web").Select(line => line.Contains("Port", StringComparison.Ordinal) ? "  Port 1" : line), "  ProxyJump bastion",
            .. AliasOf(bastion, "bastion")]);

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.Unreachable, e.Failure);
        Assert.Contains("refused", e.Message, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A bastion that is set up anew in the middle of a deploy.</summary>
    [Fact]
    public async Task A_connection_to_a_jump_host_that_was_lost_is_made_anew()
    {
        using SshFixture ssh = new();
        using LoopbackSshd bastion = LoopbackSshd.Start();
        ssh.Configure("web", [.. AliasOf(ssh.Sshd, "web"), "  ProxyJump bastion", .. AliasOf(bastion, "bastion")]);
        SshConnector connector = new(ssh.Options, TimeProvider.System);
        await using (connector)
        {
            IRemoteShell before = await connector.OpenAsync(ssh.Host, CancellationToken.None);
            bastion.KillSessions();
            await before.Exited;
            await before.DisposeAsync();
            await Eventually.TrueAsync(() => ProcessesWith(ssh.Options.ConfigFile!) == 0); // nor any that watches over another

            IRemoteShell? after = null;
            await Eventually.TrueAsync(async () => (after = await TryOpenAsync(connector, ssh.Host)) is not null);
            await after!.DisposeAsync();
        }

        Assert.Equal(2, LoginLine().Count(bastion.Log));
    }

    [Fact]
    public async Task A_jump_host_that_was_down_when_its_connection_was_to_be_made_anew_is_asked_again()
    {
        using SshFixture ssh = new();
        using LoopbackSshd bastion = LoopbackSshd.Start();
        string[] lines = [.. AliasOf(ssh.Sshd, "web"), "  ProxyJump bastion", .. AliasOf(bastion, "bastion")];
        ssh.Configure("web", lines);
        SshConnector connector = new(ssh.Options, TimeProvider.System);
        await using (connector)
        {
            IRemoteShell before = await connector.OpenAsync(ssh.Host, CancellationToken.None);
            ssh.Configure("web", [.. lines.Select(line => line == $"  Port {bastion.Port}" ? "  Port 1" : line)]);
            bastion.KillSessions();
            await before.Exited;
            await before.DisposeAsync();
            HostException? down = null;
            await Eventually.TrueAsync(async () => (down = await Record.ExceptionAsync(() => connector.OpenAsync(ssh.Host, CancellationToken.None)) as HostException)?.Message.Contains("jump host", StringComparison.Ordinal) == true);
            Assert.Equal(HostFailure.JumpFailed, down!.Failure);

            ssh.Configure("web", lines);
            IRemoteShell after = await connector.OpenAsync(ssh.Host, CancellationToken.None);
            await after.DisposeAsync();
        }

        Assert.Equal(2, LoginLine().Count(bastion.Log));
    }

    [Fact]
    public async Task A_deployer_that_is_killed_leaves_no_connection_to_a_jump_host()
    {
        const string Mark = "MURDER_TEST_FOLDER";
        using DeployFixture deploy = new(largeFileBytes: 1000);
        using LoopbackSshd web = LoopbackSshd.Start(new LoopbackSshdOptions { ConfigLines = [$"SetEnv {Mark}={deploy.Directory.Path}"] });
        using LoopbackSshd bastion = LoopbackSshd.Start();
        deploy.PackAgent();
        DeploymentSettings settings = deploy.Settings with
        {
            Hosts = "web",
            HostItems = [new HostItem("web") { Root = deploy.RootOver("web") }],
            SshConfig = deploy.Directory.Write("ssh_config", Encoding.UTF8.GetBytes(string.Join('\n', [.. AliasOf(web, "web"), "  ProxyJump bastion", .. AliasOf(bastion, "bastion"), ""]))),
        };
        string file = deploy.Directory.Write("settings.json", JsonSerializer.SerializeToUtf8Bytes(settings));
        ProcessStartInfo start = new(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "murder-dying-deployer.dll"), file, "0", "^web: agent ready"]) { RedirectStandardOutput = true };
        start.Environment[Mark] = deploy.Directory.Path;
        using TestDirectory temporary = new();
        start.Environment["TMPDIR"] = temporary.Path;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 137, output);
        Assert.Single(LoginLine().Matches(bastion.Log));
        await Eventually.TrueAsync(() => bastion.SessionCount == 0 && MarkedProcesses.With(Mark, deploy.Directory.Path).Count == 0);
        Assert.Empty(Directory.EnumerateDirectories(temporary.Path, "murder-??????")); // where the socket was
    }

    /// <summary>How many have it among their arguments.</summary>
    private static int ProcessesWith(string argument) => Directory.EnumerateDirectories("/proc")
        .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
        .Count(folder => ArgumentsOf(folder).Contains(argument));

    private static string[] ArgumentsOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0');
        }
        catch (IOException)
        {
            return []; // expected: it has ended
        }
    }

    private static async Task<IRemoteShell?> TryOpenAsync(SshConnector connector, TargetHost host)
    {
        try
        {
            return await connector.OpenAsync(host, CancellationToken.None);
        }
        catch (HostException)
        {
            return null; // expected: the end of the connection has not been noticed yet
        }
    }

    private static string[] AliasOf(LoopbackSshd sshd, string alias) =>
    [
        $"Host {alias}",
        $"  HostName {sshd.Address}",
        $"  Port {sshd.Port}",
        $"  User {sshd.User}",
        $"  IdentityFile {sshd.ClientKeyPath}",
        $"  UserKnownHostsFile {sshd.KnownHostsPath}",
        "  GlobalKnownHostsFile none",
    ];

    [GeneratedRegex("^Accepted publickey", RegexOptions.Multiline)]
    private static partial Regex LoginLine();

    [GeneratedRegex("^Connection from", RegexOptions.Multiline)]
    private static partial Regex ConnectionLine();
}
