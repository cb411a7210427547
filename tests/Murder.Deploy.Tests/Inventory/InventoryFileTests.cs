using CsCheck;
using static Murder.Deploy.Tests.Resolving;

namespace Murder.Deploy.Tests;

public sealed class InventoryFileTests
{
    [Theory]
    [InlineData("all", "a b c d e f")]
    [InlineData("ungrouped", "a b")]
    [InlineData("web", "c d")]
    [InlineData("db", "d e")]
    [InlineData("prod", "c d e f")]
    [InlineData("eu", "f")]
    public void Groups_hold_their_hosts_and_those_of_their_children_in_the_order_of_the_file(string group, string expected) => Assert.Equal(expected, Names(group, """
        a
        b
        [web]
        c
        d
        [prod:children]
        web
        db
        eu   # defined below
        [db]
        d
        e
        [eu]
        f
        [all:children]
        web
        """));

    [Fact]
    public void A_host_says_how_to_reach_it()
    {
        TargetHost host = Host("web", """
            [web]
            web1 ansible_host=10.0.0.4 ansible_port=2222 ansible_user=deploy ansible_ssh_private_key_file=/keys/web zone=eu-1 murder_root=/opt/shop/ ansible_python_interpreter=/usr/bin/python3
            """);
        Assert.Equal(new TargetHost("web1") { Address = "10.0.0.4", Port = 2222, User = "deploy", IdentityFile = "/keys/web", Zone = "eu-1", Root = "/opt/shop", Groups = host.Groups }, host);
        Assert.Equal(["web"], host.Groups);
    }

    [Fact]
    public void What_a_host_does_not_say_has_a_default()
    {
        TargetHost host = Host("all", "web1.example.com");
        Assert.Equal(new TargetHost("web1.example.com") { Address = "web1.example.com", Root = "/srv/shop", Groups = host.Groups }, host);
        Assert.Equal((22, null, null, "", false), (host.SshPort, host.User, host.IdentityFile, host.Zone, host.IsLocal));
    }

    [Theory]
    [InlineData("h ansible_ssh_host=10.0.0.1 ansible_ssh_user=u ansible_ssh_port=23 ansible_private_key_file=/k", "u@10.0.0.1:23 /k")]
    [InlineData("h:23 ansible_user=u", "u@h:23 ")]
    [InlineData("[2001:db8::1]:23", "@2001:db8::1:23 ")]
    [InlineData("2001:db8::1", "@2001:db8::1:22 ")]
    [InlineData("[2001:db8::1]", "@2001:db8::1:22 ")]
    [InlineData("h ansible_user=", "@h:22 ")]
    [InlineData("h ansible_user=first ansible_user=second", "second@h:22 ")]
    [InlineData("h ansible_ssh_private_key_file=keys/web", "@h:22 /src/keys/web")]
    [InlineData("h ansible_ssh_private_key_file=~/.ssh/web", "@h:22 /home/me/.ssh/web")]
    [InlineData("h ansible_ssh_private_key_file='/my keys/web'", "@h:22 /my keys/web")]
    [InlineData("h ansible_ssh_private_key_file=/my\\ keys/web", "@h:22 /my keys/web")]
    [InlineData("h ansible_user=u#comment", "u@h:22 ")]
    [InlineData("h ansible_user=\"u\" # comment 'with a quote", "u@h:22 ")]
    [InlineData("\uFEFFh\r", "@h:22 ")]
    public void Values_are_written_as_for_Ansible(string line, string expected)
    {
        TargetHost host = Host("all", line);
        Assert.Equal(expected, $"{host.User}@{host.Address}:{host.SshPort} {host.IdentityFile}");
    }

    [Theory]
    [InlineData("zone=eu", "eu")]
    [InlineData("zone = eu west", "eu west")]
    [InlineData("zone = 'eu west'  # comment", "eu west")]
    [InlineData("zone=\"eu\"", "eu")]
    [InlineData("zone=7 # comment", "7")]
    [InlineData("zone=eu;west", "eu;west")]
    [InlineData("zone=a=b", "a=b")]
    public void Values_of_a_group_are_the_rest_of_the_line(string line, string expected) =>
        Assert.Equal(expected, Host("g", $"[g]\nh\n[g:vars]\n{line}").Zone);

    [Theory]
    [InlineData("h", "", "all")]
    [InlineData("h", "outer", "outer")]
    [InlineData("h", "outer,inner", "inner")]
    [InlineData("h zone=own", "outer,inner", "own")]
    [InlineData("h", "inner,other", "other")] // as deep as 'inner', and later by name
    [InlineData("h", "inner,other,inner!", "inner")] // unless it has the higher priority
    public void The_nearest_value_wins(string host, string groups, string expected)
    {
        string variables = string.Concat(groups.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(group =>
            group.EndsWith('!') ? $"[{group.TrimEnd('!')}:vars]\nansible_group_priority=10\n" : $"[{group}:vars]\nzone={group}\n"));
        Assert.Equal(expected, Host("all", $"""
            [inner]
            {host}
            [other]
            h
            [outer:children]
            inner
            [outer2:children]
            other
            [all:vars]
            zone=all
            {variables}
            """).Zone);
    }

    [Fact]
    public void A_host_named_twice_has_the_last_value_as_in_Ansible() =>
        Assert.Equal("b", Host("all", "[g]\nh zone=a\n[k]\nh zone=b").Zone);

    [Fact]
    public void A_group_may_be_defined_by_the_projects_items_alone() =>
        Assert.Equal("eu", Host("g", "[g:vars]\nzone=eu\n[all:children]\ng", new HostItem("h") { Groups = "g" }).Zone);

    [Theory]
    [InlineData("[web] ; no comment for Ansible\nh", 1, "not a section")]
    [InlineData("[]", 1, "not a section")]
    [InlineData("[a b]", 1, "not a section")]
    [InlineData("[web:hots]\nh", 1, "unknown kind")]
    [InlineData("h\n[web:vars]\nzone=a", 2, "not defined")]
    [InlineData("h\n[prod:children]\nweb", 3, "not defined")]
    [InlineData("[a:children]\nb\n[b:children]\na", 4, "already contains")]
    [InlineData("[a:children]\na", 2, "already contains")]
    [InlineData("[a:children]\nall", 2, "no parent")]
    [InlineData("[a:children]\nb c", 2, "not the name of a group")]
    [InlineData("h zone", 1, "variable=value")]
    [InlineData("h = 5", 1, "variable=value")]
    [InlineData("h 'zone=a", 1, "quote")]
    [InlineData("[g:vars]\nzone\n[g]\nh", 2, "variable=value")]
    [InlineData("[g]\nh\n[g:vars]\nansible_user=u # who", 4, "comment")]
    public void An_error_names_file_and_line(string text, int line, string expected)
    {
        HostResolution resolution = Resolve("localhost", text);
        Problem problem = resolution.Problems[0];
        Assert.Equal("MURDER0105", problem.Code);
        Assert.Contains(expected, problem.Text, StringComparison.Ordinal);
        Assert.Contains($"/src/murder.hosts.ini({line})", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_found_at_once() =>
        Assert.Equal("MURDER0105 MURDER0108 MURDER0105 MURDER0102", Codes("wbe", "[web]\nh zone\nweb[3:1]\n[db:wars]\nx\n"));

    [Fact]
    public void After_many_errors_it_gives_up() =>
        Assert.Equal(InventoryEntries.ProblemsMax + 1, Resolve("localhost", string.Concat(Enumerable.Repeat("h zone\n", 1000))).Problems.Count);

    [Fact]
    public void Ten_thousand_hosts_are_read()
    {
        HostResolution resolution = Resolve("web", "[web]\nweb[00001:10000].example.com zone=eu\n");
        Assert.Equal(10_000, resolution.Hosts.Count);
        Assert.Equal("web10000.example.com", resolution.Hosts[^1].Name);
    }

    [Fact]
    public void More_hosts_than_can_be_meant_are_refused() =>
        Assert.Equal("MURDER0114", Codes("a0", "a[0:19999]\nb"));

    [Fact]
    public void No_text_makes_it_throw()
    {
        Gen<string> pieces = Gen.OneOfConst("[a]", "[b:children]", "[c:vars]", "[all:vars]", "\n", "\n", "a", "b", "web[1:3]", "[a:f]", "[", "]", ":", "=", "zone=x", "ansible_port=0", "'", "\"", "\\", "#", ";", " ", "\t", "::1", "@");
        Gen.Select(Gen.OneOf(Gen.String, pieces.Array[0, 40].Select(string.Concat)), pieces.Array[0, 6].Select(string.Concat)).Sample((text, hosts) =>
        {
            HostResolution resolution = Resolve(hosts, text);
            Assert.NotEqual(resolution.Problems.Count == 0, resolution.Hosts.Count == 0);
        });
    }
}
