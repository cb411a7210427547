using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Hosts that only ssh's configuration names.</summary>
public sealed class SshAliasesTests
{
    private const string Config = """
        Host web1
          HostName 10.0.0.1
          User deploy
          Port 2222
        Host web2 "web3" *.example.com !db? # a comment
          HostName %h.internal
        host=db1
        Match originalhost hidden
          HostName 10.0.0.9
        Host jump-*
          User jumper
        """;

    public static TheoryData<string, string, string> Corpus => new()
    {
        { "nothing", "", "" },
        { "no patterns", "Host a b* ?c !d e !f*\nHost *\n", "a e" },
        { "one that its own line leaves out", "Host a b !a\n", "b" },
        { "quotes, signs of equality, capitals", "HOST=\"a\" b # c\n", "a b" },
        { "an include", "Include included\nHost a\n", "a inner other" },
        { "an include that ssh reads for some", "Host inner x\n  Include included\n", "inner x" },
        { "an include after Match", "Host x\nMatch user me\n  Include included\n", "inner other x" },
        { "an include of nothing", "Include absent*\nHost a\n", "a" },
    };

    [Theory]
    [MemberData(nameof(Corpus))]
    public void They_are_the_words_after_Host_that_are_no_patterns(string what, string text, string expected)
    {
        using TestDirectory home = new();
        home.Write("included", "Host inner other\n"u8);
        string file = home.Write("config", Encoding.UTF8.GetBytes(text.Replace("Include ", $"Include {home.Path}/", StringComparison.Ordinal)));

        IReadOnlySet<string> names = SshAliases.Read(file, home.Path);

        Assert.Equal((what, expected), (what, string.Join(' ', names.Order(StringComparer.Ordinal))));
    }

    [Fact]
    public void The_user_s_files_are_in_his_home_and_includes_start_there()
    {
        using TestDirectory home = new();
        home.Write(".ssh/config", "Include conf.d/*\nHost a\n"u8);
        home.Write(".ssh/conf.d/1", "Host b\n"u8);
        home.Write(".ssh/conf.d/2", "Host c\n"u8);

        Assert.ProperSuperset(new HashSet<string> { "a", "b" }, new HashSet<string>(SshAliases.Read(configFile: null, home.Path)));
    }

    [Fact]
    public void A_word_of_Hosts_may_be_one_and_is_reached_as_ssh_would_reach_it()
    {
        using TestDirectory home = new();
        DeploymentSettings settings = Settings(home, "web1+web3+db1+!web3");

        HostResolution resolution = HostResolver.Resolve(settings);

        Assert.Empty(resolution.Problems);
        Assert.Equal(["web1", "db1"], resolution.Hosts.Select(host => host.Name));
        List<Problem> problems = [];
        IReadOnlyList<TargetHost> hosts = ConfiguredHosts.Of(resolution.Hosts, SshOptions.From(settings), problems);
        Assert.Empty(problems);
        Assert.Equal(["10.0.0.1:2222", "db1:22"], hosts.Select(host => host.Endpoint));
        Assert.Equal("deploy", hosts[0].Ssh!.User);
    }

    [Fact]
    public void A_group_or_host_of_the_inventory_goes_before_one()
    {
        using TestDirectory home = new();
        home.Write("murder.hosts.ini", "[web1]\nweb7\n[other]\nweb2 ansible_port=7\n"u8);

        Assert.Equal(["web7:22", "web2:7"], HostResolver.Resolve(Settings(home, "web1+web2")).Hosts.Select(host => host.Endpoint));
    }

    [Theory]
    [InlineData("wbe1", "Did you mean 'web1'?")]
    [InlineData("jump-1", "user@jump-1")]
    [InlineData("hidden", "user@hidden")]
    public void A_word_that_is_none_is_answered_with_those_there_are(string word, string remedy)
    {
        using TestDirectory home = new();

        Problem problem = Assert.Single(HostResolver.Resolve(Settings(home, word)).Problems);

        Assert.Equal("MURDER0102", problem.Code);
        Assert.Contains($"ssh's configuration has no 'Host {word}'", problem.Text, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web1", "MURDER0102")]
    [InlineData("wbe1", "MURDER0102")]
    public void Where_no_ssh_is_used_none_is_known(string word, string code)
    {
        using TestDirectory home = new();

        Problem problem = Assert.Single(HostResolver.Resolve(Settings(home, word) with { Transport = "docker exec -i {host} sh" }).Problems);

        Assert.Equal(code, problem.Code);
        Assert.DoesNotContain("ssh", problem.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Did you mean", problem.Remedy, StringComparison.Ordinal);
    }

    /// <summary>A misspelt exclusion must name what it was to leave out, and nobody leaves out a host that was not named.</summary>
    [Fact]
    public void One_that_was_not_named_cannot_be_left_out()
    {
        using TestDirectory home = new();

        Assert.Equal("MURDER0117", Assert.Single(HostResolver.Resolve(Settings(home, "web1+!web2")).Problems).Code);
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_names_nobody()
    {
        using TestDirectory home = new();
        DeploymentSettings settings = Settings(home, "web1");
        home.Write("config", Encoding.UTF8.GetBytes($"Host web1\nInclude {home.Path}/config\n")); // itself, without end

        Assert.Equal("MURDER0102", Assert.Single(HostResolver.Resolve(settings).Problems).Code);
    }

    private static DeploymentSettings Settings(TestDirectory home, string hosts)
    {
        home.Write("config", Encoding.UTF8.GetBytes(Config));
        return Resolving.Settings(hosts) with { ProjectDirectory = home.Path, SshConfig = "config" };
    }
}
