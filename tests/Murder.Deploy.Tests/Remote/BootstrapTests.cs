using System.Diagnostics;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The bootstrap against real sshds, with a shell script in the agent's place.</summary>
public sealed class BootstrapTests
{
    [Fact]
    public async Task The_first_deploy_uploads_the_agent_and_the_second_uploads_nothing()
    {
        using var ssh = new SshFixture();
        ShellAgentLauncher first = ssh.Launcher();
        await using (AgentChannel channel = await first.LaunchAsync(ssh.Host, CancellationToken.None))
        {
            Assert.Equal("0.0-stub", channel.Hello.Version);
            Assert.Equal("127.0.0.1", channel.Hello.DeployerAddress);
            Assert.Equal(ssh.AgentFile, (await SshFixture.WhereAsync(channel)).File);
        }

        ShellAgentLauncher second = ssh.Launcher();
        await using (AgentChannel channel = await second.LaunchAsync(ssh.Host, CancellationToken.None))
        {
            Assert.Equal(ssh.AgentFile, (await SshFixture.WhereAsync(channel)).File);
        }

        Assert.Equal(1, first.UploadCount);
        Assert.Equal(0, second.UploadCount);
        Assert.Equal([ssh.AgentFile], Directory.GetFiles(ssh.AgentFolder));
    }

    [Theory]
    [InlineData("#!/bin/sh\necho gotcha\n")]
    [InlineData("")]
    public async Task A_damaged_agent_on_the_host_is_replaced(string damage)
    {
        using var ssh = new SshFixture();
        await (await ssh.LaunchAsync()).DisposeAsync();
        File.WriteAllText(ssh.AgentFile, damage);

        ShellAgentLauncher launcher = ssh.Launcher();
        await using AgentChannel channel = await launcher.LaunchAsync(ssh.Host, CancellationToken.None);

        Assert.Equal(1, launcher.UploadCount);
        Assert.Equal(ssh.Package.RawLength, new FileInfo(ssh.AgentFile).Length);
    }

    [Fact]
    public async Task The_agent_runs_with_the_users_umask_though_its_file_is_private()
    {
        using var ssh = new SshFixture();
        string users = Command.Run("sh", "-c", "umask").Trim();

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Equal(users, (await SshFixture.WhereAsync(channel)).Umask);
        Assert.Equal("700", Command.Run("stat", "-c", "%a", ssh.AgentFile).Trim());
    }

    [Theory]
    [InlineData("SetEnv LC_ALL=C.UTF-8 OPENSSL_CONF=/etc/my.cnf", "C.UTF-8 /etc/my.cnf")]
    [InlineData("SetEnv SOMETHING=else", "unset unset")]
    public async Task The_agent_runs_with_the_logins_environment(string sshdConfig, string expected)
    {
        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = [sshdConfig] });
        string seen = ssh.Directory.Combine("seen");
        ssh.Package = StubAgent.Package(StubAgent.Script(extra: $"echo \"${{LC_ALL-unset}} ${{OPENSSL_CONF-unset}}\" >{seen}"));

        await using AgentChannel channel = await ssh.LaunchAsync();

        await SshFixture.WhereAsync(channel);
        Assert.Equal(expected, (await File.ReadAllTextAsync(seen)).Trim());
    }

    [Fact]
    public async Task A_root_that_does_not_exist_is_not_made_for_the_agent()
    {
        using var ssh = new SshFixture();
        ssh.Host = ssh.Host with { Root = ssh.Directory.Combine("absent") };

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.EndsWith(ssh.Package.Sha256, (await SshFixture.WhereAsync(channel)).File, StringComparison.Ordinal);
        Assert.False(Directory.Exists(ssh.Host.Root));
        File.Delete((await SshFixture.WhereAsync(channel)).File);
    }

    [Fact]
    public async Task A_root_with_quotes_blanks_and_dollars_is_only_a_name()
    {
        using var ssh = new SshFixture();
        string root = ssh.Directory.Combine("it's a $(touch gone) `root`; \"x\" *");
        Directory.CreateDirectory(root);
        ssh.Host = ssh.Host with { Root = root };

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.True(File.Exists(Path.Combine(root, ".murder", "agents", $"murder-peer-{ssh.Package.Sha256}")));
    }

    [Fact]
    public async Task Two_deploys_that_find_no_agent_both_get_one()
    {
        using var ssh = new SshFixture { Package = StubAgent.Package(StubAgent.Script(padding: 3_000_000)) };

        AgentChannel[] channels = await Task.WhenAll(ssh.LaunchAsync(), ssh.LaunchAsync(), ssh.LaunchAsync());

        Assert.Equal(3, channels.Select(channel => channel.Hello.ProcessId).Distinct().Count());
        await Task.WhenAll(channels.Select(channel => channel.DisposeAsync().AsTask()));
        Assert.Equal([ssh.AgentFile], Directory.GetFiles(ssh.AgentFolder));
    }

    [Fact]
    public async Task An_upload_whose_deployer_dies_leaves_nothing()
    {
        using var directory = new TestDirectory();
        AgentPackage package = StubAgent.Package(StubAgent.Script(extra: $"# {Guid.NewGuid()}"));
        using Process shell = Process.Start(new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await shell.StandardInput.BaseStream.WriteAsync(BootstrapScript.Write("mark", directory.Path, [package], []));
        await shell.StandardInput.BaseStream.FlushAsync();
        Assert.Equal("", await shell.StandardOutput.ReadLineAsync());
        Assert.StartsWith("mark NEED ", await shell.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        await shell.StandardInput.WriteAsync("UP\nhalf of it");

        shell.StandardOutput.Close();
        shell.StandardInput.Close();

        await shell.WaitForExitAsync();
        Assert.Empty(Directory.GetFileSystemEntries(directory.Combine(".murder", "agents")));
    }

    [Fact]
    public async Task What_the_login_prints_is_passed_over()
    {
        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = ["ForceCommand echo welcome; echo to the >&2; echo; printf 'murder MURDER1-x HAVE all\\n'; eval \"$SSH_ORIGINAL_COMMAND\""] });

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Equal(AgentProtocol.Version, channel.Hello.Protocol);
    }

    [Fact]
    public async Task A_user_without_root_rights_gets_an_agent_too()
    {
        using var ssh = new SshFixture(new LoopbackSshdOptions { User = "murder-test" });
        string bashrc = "/home/murder-test/.bashrc";
        File.WriteAllText(bashrc, "echo the quick brown fox\n");

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Equal(ssh.AgentFile, (await SshFixture.WhereAsync(channel)).File);
        Assert.Equal("murder-test", Command.Run("stat", "-c", "%U", ssh.AgentFile).Trim());
    }

    [Fact]
    public async Task A_root_of_somebody_else_sends_the_agent_to_the_users_cache()
    {
        using var ssh = new SshFixture(new LoopbackSshdOptions { User = "murder-test" });
        Command.Run("chown", "root", ssh.Root);

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Equal($"/home/murder-test/.cache/murder/murder-peer-{ssh.Package.Sha256}", (await SshFixture.WhereAsync(channel)).File);
        Assert.Empty(Directory.GetFileSystemEntries(ssh.Root));
    }

    [Theory]
    [InlineData("noexec,size=64m")]
    [InlineData("ro,size=64m")]
    [InlineData("size=64k")]
    public async Task A_root_that_cannot_hold_or_execute_the_agent_sends_it_to_the_next_folder(string mountOptions)
    {
        using var ssh = new SshFixture();
        Command.Run("mount", "-t", "tmpfs", "-o", mountOptions, "murder-test", ssh.Root);
        try
        {
            await using AgentChannel channel = await ssh.LaunchAsync();

            string file = (await SshFixture.WhereAsync(channel)).File;
            Assert.False(file.StartsWith(ssh.Root, StringComparison.Ordinal), file);
            File.Delete(file);
        }
        finally
        {
            Command.Run("umount", ssh.Root);
        }
    }

    [Fact]
    public async Task A_disk_that_fills_up_during_the_upload_sends_the_agent_to_the_next_folder()
    {
        // 3 MB of random digits, which gzip cannot shrink below 1 MB; df is a lie, so that only the write finds out.
        string digits = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(1_500_000));
        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = [$"ForceCommand df() {{ echo none; }}; export -f df; exec bash"] })
        {
            Package = StubAgent.Package(StubAgent.Script(extra: $": {digits}")),
        };
        Command.Run("mount", "-t", "tmpfs", "-o", "size=1m", "murder-test", ssh.Root);
        try
        {
            ShellAgentLauncher launcher = ssh.Launcher();
            await using AgentChannel channel = await launcher.LaunchAsync(ssh.Host, CancellationToken.None);

            string file = (await SshFixture.WhereAsync(channel)).File;
            Assert.False(file.StartsWith(ssh.Root, StringComparison.Ordinal), file);
            Assert.Equal(2, launcher.UploadCount);
            Assert.Empty(Directory.GetFiles(ssh.AgentFolder));
            File.Delete(file);
        }
        finally
        {
            Command.Run("umount", ssh.Root);
        }
    }

    /// <summary>As above, with folders that say nothing of being too small before the agent is there.</summary>
    [Fact]
    public async Task A_host_where_no_folder_can_store_the_agent_is_named_with_every_folder_that_was_tried()
    {
        string digits = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(400_000));
        using TestDirectory root = new();
        string mounts = $"for folder in /tmp /var/tmp /dev/shm ~; do mount -t tmpfs -o size=200k none $folder; done; mkdir -p {root.Path}";
        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = [$"ForceCommand exec unshare --mount bash -c 'df() {{ echo none; }}; export -f df; {mounts}; exec bash'"] })
        {
            Package = StubAgent.Package(StubAgent.Script(extra: $": {digits}")),
        };
        ssh.Host = ssh.Host with { Root = root.Path };

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.AgentUploadFailed, e.Failure);
        Assert.All([root.Path, "/.cache/murder", "/var/tmp/murder-", "/tmp/murder-", "/dev/shm/murder-"], folder => Assert.Contains(folder, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_without_gzip_gets_the_agent_as_it_is()
    {
        using var tools = new TestDirectory();
        foreach (string tool in (string[])["sh", "uname", "id", "mkdir", "rm", "chmod", "wc", "head", "mv", "sha256sum", "df"])
        {
            File.CreateSymbolicLink(tools.Combine(tool), Command.Run("sh", "-c", $"command -v {tool}").Trim());
        }

        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = [$"ForceCommand PATH={tools.Path} exec sh"] });

        await using AgentChannel channel = await ssh.LaunchAsync();

        Assert.Equal(ssh.Package.RawLength, new FileInfo(ssh.AgentFile).Length);
    }

    [Fact]
    public async Task A_cached_agent_of_the_right_size_that_says_it_is_another_one_is_replaced_where_no_tool_hashes()
    {
        using var tools = new TestDirectory();
        foreach (string tool in (string[])["sh", "uname", "id", "mkdir", "rm", "chmod", "wc", "head", "mv", "df"])
        {
            File.CreateSymbolicLink(tools.Combine(tool), Command.Run("sh", "-c", $"command -v {tool}").Trim());
        }

        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = [$"ForceCommand PATH={tools.Path} exec sh"] })
        {
            Package = StubAgent.Package(StubAgent.Script(padding: 100)),
        };
        await (await ssh.LaunchAsync()).DisposeAsync();
        string right = File.ReadAllText(ssh.AgentFile);
        string other = StubAgent.Script(padding: 100 - 64).Replace("\"sha256\":\"\"", $"\"sha256\":\"{new string('0', 64)}\"", StringComparison.Ordinal);
        Assert.Equal(right.Length, other.Length);
        File.WriteAllText(ssh.AgentFile, other);

        ShellAgentLauncher launcher = ssh.Launcher();
        await using AgentChannel channel = await launcher.LaunchAsync(ssh.Host, CancellationToken.None);

        Assert.Equal("", channel.Hello.Sha256);
        Assert.Equal(1, launcher.UploadCount);
        Assert.Equal(right, File.ReadAllText(ssh.AgentFile));
    }

    [Fact]
    public async Task A_platform_without_an_agent_is_named()
    {
        using var ssh = new SshFixture { Package = StubAgent.Package(rid: "plan9-mips") };

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.PlatformUnsupported, e.Failure);
        Assert.Contains("linux-", e.Message, StringComparison.Ordinal);
        Assert.Contains("plan9-mips", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_is_no_shell_is_told_from_one()
    {
        using var ssh = new SshFixture(new LoopbackSshdOptions { ConfigLines = ["ForceCommand yes we are no shell"] });

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.NoShell, e.Failure);
    }

    [Fact]
    public async Task An_agent_of_another_protocol_is_refused()
    {
        using var ssh = new SshFixture { Package = StubAgent.Package(StubAgent.Script(protocol: 999)) };

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.ProtocolMismatch, e.Failure);
        Assert.Contains("999", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_cannot_start_is_lost_with_its_last_words()
    {
        using var ssh = new SshFixture { Package = StubAgent.Package("#!/bin/sh\necho no such library >&2\nexit 3\n") };

        HostException e = await ssh.FailAsync();

        Assert.Equal(HostFailure.AgentLost, e.Failure);
        Assert.Contains("exit code 3", e.Message, StringComparison.Ordinal);
        Assert.Contains("no such library", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_that_is_cut_leaves_nothing_behind_and_runs_nothing()
    {
        using var ssh = new SshFixture();
        var connector = new SshConnector(ssh.Options, TimeProvider.System);
        IRemoteShell shell = await connector.OpenAsync(ssh.Host, CancellationToken.None);
        await shell.Input.WriteAsync(BootstrapScript.Write("MARK", ssh.Root, [ssh.Package], []));
        var lines = new LineReader(shell.Output, 1024);
        await lines.ReadLineAsync(CancellationToken.None); // ends what the login has said
        Assert.StartsWith("MARK NEED", System.Text.Encoding.UTF8.GetString((await lines.ReadLineAsync(CancellationToken.None))!.Value.Span), StringComparison.Ordinal);

        // Commands in the payload's place: a shell that read on by itself would run them.
        await shell.Input.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"NO\ntouch {ssh.Root}/ran\n"));
        await shell.Input.DisposeAsync();
        await shell.Exited;

        await shell.DisposeAsync();
        Assert.False(File.Exists(Path.Combine(ssh.Root, "ran")));
        Assert.Empty(Directory.GetFiles(ssh.AgentFolder));
    }
}
