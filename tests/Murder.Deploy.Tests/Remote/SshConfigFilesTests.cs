using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Our own reading of ssh's configuration, with <c>ssh -G</c> as the oracle.</summary>
public sealed class SshConfigFilesTests
{
    public static TheoryData<string, string> Corpus => new()
    {
        { "nothing", "" },
        { "an alias", "Host web\n  HostName 10.0.0.1\n  Port 2222\n  User deploy\n" },
        { "the first value counts", "Host w*\n  Port 1\nHost web\n  Port 2\nPort 3\n" },
        { "a negation", "Host * !web\n  Port 1\nHost !db *\n  User u\n" },
        { "every key counts", "IdentityFile ~/.ssh/a\nHost web\n  IdentityFile /b\n  IdentityFile \"/with blank/c\"\n" },
        { "tokens", "Host web\n  HostName %h.example.com\n  IdentityFile ~/.ssh/%h_%r_%p\n  CertificateFile %d/c\n" },
        { "signs of equality", "Host=web\n  Port = 2200\n  User= deploy\n" },
        { "quotes and comments", "# a\nHost \"web\" # b\n  User \"deploy\" # c\n\n\tPort\t2200\n" },
        { "capitals", "HOST WEB\n  pORT 1\nhost web\n  PORT 2\n" },
        { "matches", "Match originalhost web\n  HostName inner\nMatch host inner user root\n  Port 7\nMatch host web\n  Port 8\nMatch !host db\n  HostKeyAlias a\n" },
        { "match all", "Host db\n  Port 1\nMatch all\n  Port 9\n" },
        { "match final", "Match final\n  User never\nHost web\n  User u\n" },
        { "users", "Match localuser nobody-here\n  Port 1\nMatch user *\n  Port 2\n" },
        { "proxies", "Host web\n  ProxyJump a,b\nHost *\n  ProxyCommand none\n" },
        { "agents and trust", "Host web\n  IdentitiesOnly yes\n  IdentityAgent none\n  StrictHostKeyChecking accept-new\n  UserKnownHostsFile /a /b\n  GlobalKnownHostsFile /c\n" },
        { "files of known keys by name", "UserKnownHostsFile ~/.ssh/known/%h\n" },
        { "more files of known keys by name", "GlobalKnownHostsFile /etc/known/%k /etc/known/all\n" },
        { "an agent by name", "IdentityAgent /run/%r/%h\n" },
        { "an include", "Host web\n  Include included\nHost db\n  Include absent*\n" },
        { "an include for another", "Host db\n  Include included\nHost *\n  Port 5\n" },
    };

    [Theory]
    [MemberData(nameof(Corpus))]
    public void It_says_what_ssh_says(string what, string text)
    {
        using TestDirectory home = new();
        home.Write("included", "Port 4242\nHost web\n  User included\n"u8);
        string file = home.Write("config", System.Text.Encoding.UTF8.GetBytes(text.Replace("Include ", $"Include {home.Path}/", StringComparison.Ordinal)));
        string user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        foreach (TargetHost host in (TargetHost[])[Host("web"), Host("db"), Host("web") with { Port = 99, User = "given" }])
        {
            SshConfig expected = new SshConfigQuery(ChildProcess.OnPath("ssh")!, file, user).Ask(host);

            SshConfig actual = SshConfigFiles.Read(host, file, user);

            Assert.Equal(Describe(expected, what), Describe(actual, what));
        }
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Hosts_that_ssh_is_asked_for_together_get_what_each_would_get_alone(string what, string text)
    {
        using TestDirectory home = new();
        home.Write("included", "Port 4242\nHost web\n  User included\n"u8);
        string file = home.Write("config", System.Text.Encoding.UTF8.GetBytes(text.Replace("Include ", $"Include {home.Path}/", StringComparison.Ordinal)));
        string user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        TargetHost[] hosts = [Host("web"), Host("db"), Host("db2"), Host("web") with { Port = 99, User = "given" }, Host("WEB"), Host("web3"), Host("10.0.0.1"), Host("::1")];
        SshConfigQuery query = new(ChildProcess.OnPath("ssh")!, file, user);

        IReadOnlyList<TargetHost> configured = ConfiguredHosts.Of(hosts, OptionsFor(ChildProcess.OnPath("ssh")!, file), []);

        Assert.Equal(hosts.Select(host => Describe(query.Ask(host), what)), configured.Select(host => Describe(host.Ssh!, what)));
    }

    /// <summary>It costs 6 ms each time.</summary>
    [Fact]
    public void For_a_thousand_hosts_of_which_the_files_say_the_same_ssh_is_asked_once()
    {
        using TestDirectory home = new();
        string asked = home.Combine("asked");
        string program = home.Write("ssh", System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\necho \"$@\" >>'{asked}'\nexec ssh \"$@\"\n"));
        Command.Run("chmod", "755", program);
        string file = home.Write("config", "Host db*\n  User db\nHost *\n  IdentityFile ~/.ssh/%h\n"u8);

        IReadOnlyList<TargetHost> configured = ConfiguredHosts.Of(
            [.. Enumerable.Range(1, 1000).Select(n => Host($"web{n}.example.com") with { Port = 2000 + n }), Host("db1"), Host("db2")], OptionsFor(program, file), []);

        Assert.Equal(1002, configured.Count(host => host.Ssh is not null));
        Assert.Equal(("web7.example.com", 2007), (configured[6].Ssh!.HostName, configured[6].Ssh!.Port));
        Assert.EndsWith("/.ssh/web7.example.com", Assert.Single(configured[6].Ssh!.IdentityFiles), StringComparison.Ordinal);
        Assert.Equal("db", configured[^1].Ssh!.User);
        Assert.Equal(2, File.ReadLines(asked).Count()); // the other time for what it says without a configuration
    }

    [Fact]
    public void What_a_command_has_to_decide_is_refused()
    {
        using TestDirectory home = new();
        string file = home.Write("config", "Match exec true\n  Port 1\n"u8);

        IOException e = Assert.Throws<IOException>(() => SshConfigFiles.Read(Host("web"), file, home.Path));

        Assert.Contains("Match exec", e.Message, StringComparison.Ordinal);
    }

    private static SshOptions OptionsFor(string program, string file) => new()
    {
        OpenSshProgram = program,
        ConfigFile = file,
        UsualKnownHostsFiles = [],
        UsualIdentityFiles = [],
        DefaultUser = Environment.UserName,
        HomeDirectory = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        ProjectDirectory = "/nonexistent",
    };

    private static TargetHost Host(string address) => new(address) { Address = address, Root = "/srv" };

    /// <summary>Of key files that ssh looks for by itself only those that we can use.</summary>
    private static string Describe(SshConfig config, string what) => string.Join(
        '\n',
        what,
        $"{config.User}@{config.HostName}:{config.Port} alias {config.HostKeyAlias} jump {config.ProxyJump} command {config.ProxyCommand}",
        $"agent {config.IdentityAgent} only {config.IdentitiesOnly} new {config.AcceptsNewHostKeys}",
        $"keys {string.Join(' ', config.IdentityFiles.Where(file => !file.EndsWith("_sk", StringComparison.Ordinal) && !file.EndsWith("id_xmss", StringComparison.Ordinal) && !file.EndsWith("id_dsa", StringComparison.Ordinal)))}",
        $"certificates {string.Join(' ', config.CertificateFiles)}",
        $"known {string.Join(' ', config.KnownHostsFiles)}");
}
