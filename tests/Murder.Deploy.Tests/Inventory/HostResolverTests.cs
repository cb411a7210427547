using Murder.Testing;
using static Murder.Deploy.Tests.Resolving;

namespace Murder.Deploy.Tests;

public sealed class HostResolverTests
{
    private const string Inventory = """
        lonely
        [web]
        web[1:3] ansible_user=deploy
        [db]
        db1.example.com:2222
        web3
        [empty]
        """;

    [Theory]
    [InlineData("web", "web1 web2 web3")]
    [InlineData("web+db", "web1 web2 web3 db1.example.com")]
    [InlineData("db|web", "db1.example.com web3 web1 web2")]
    [InlineData("db web", "db1.example.com web3 web1 web2")]
    [InlineData("db;web", "db1.example.com web3 web1 web2")]
    [InlineData(" db , web ; ", "db1.example.com web3 web1 web2")]
    [InlineData("web2", "web2")]
    [InlineData("web2+web", "web2 web1 web3")]
    [InlineData("web+!web2", "web1 web3")]
    [InlineData("!web2+web", "web1 web3")]
    [InlineData("web+!db", "web1 web2")]
    [InlineData("all+!web", "lonely db1.example.com")]
    [InlineData("web+!lonely", "web1 web2 web3")]
    [InlineData("all+!web[1:2]+!db", "lonely")]
    public void Words_name_groups_and_hosts(string hosts, string expected) => Assert.Equal(expected, Names(hosts, Inventory));

    [Theory]
    [InlineData("web1.example.com", "web1.example.com", "@web1.example.com:22")]
    [InlineData("deploy@web1.example.com:2222", "web1.example.com:2222", "deploy@web1.example.com:2222")]
    [InlineData("deploy@web1", "web1", "deploy@web1:22")]
    [InlineData("web1:22", "web1", "@web1:22")]
    [InlineData("localhost", "localhost", "@localhost:22")]
    [InlineData("10.0.0.1", "10.0.0.1", "@10.0.0.1:22")]
    [InlineData("[::1]:2201", "[::1]:2201", "@::1:2201")]
    [InlineData("root@[2001:db8::1]", "2001:db8::1", "root@2001:db8::1:22")]
    [InlineData("2001:db8::1", "2001:db8::1", "@2001:db8::1:22")]
    public void A_host_that_is_defined_nowhere_is_written_so_that_it_looks_like_one(string hosts, string name, string expected)
    {
        TargetHost host = Host(hosts, inventory: null);
        Assert.Equal((name, expected), (host.Name, $"{host.User}@{host.Address}:{host.SshPort}"));
        Assert.Equal("/srv/shop", host.Root);
    }

    [Fact]
    public void Several_daemons_of_one_machine_are_several_hosts_when_their_ports_differ() =>
        Assert.Equal("127.0.0.1:2201 127.0.0.1:2202", Names("127.0.0.1:2201+127.0.0.1:2202", null));

    [Fact]
    public void A_range_may_stand_in_a_literal() =>
        Assert.Equal("web01.example.com:2222 web02.example.com:2222", Names("deploy@web[01:02].example.com:2222", null));

    [Fact]
    public void A_literal_of_a_known_host_goes_over_what_the_inventory_says()
    {
        TargetHost host = Host("root@web1:2200", Inventory);
        Assert.Equal(("web1", "root", 2200), (host.Name, host.User, host.SshPort));
        Assert.Equal(["web"], host.Groups);
    }

    [Theory]
    [InlineData("local", "local01 local02 local03 local04 local05 local06 local07 local08")]
    [InlineData("local:2", "local01 local02")]
    [InlineData("local:3+!local02", "local01 local03")]
    [InlineData("local:2+web1.example.com", "local01 local02 web1.example.com")]
    [InlineData("local:1+local:2", "local01 local02")]
    public void Local_hosts_are_on_this_machine(string hosts, string expected) => Assert.Equal(expected, Names(hosts, null));

    [Fact]
    public void Local_hosts_have_their_own_roots()
    {
        Assert.Equal("/src/shop/obj/murder/local/host01", Host("local:1", null).Root);
        HostResolution hundred = Resolve("local:100", null);
        Assert.Equal(("local001", "/src/shop/obj/murder/local/host001"), (hundred.Hosts[0].Name, hundred.Hosts[0].Root));
        Assert.All(hundred.Hosts, host => Assert.True(host.IsLocal));
        Assert.Equal(999, Resolve("local:999", null).Hosts.Count);
    }

    [Theory]
    [InlineData("", "MURDER0101")]
    [InlineData(" ; + ", "MURDER0101")]
    [InlineData("wbe", "MURDER0102")]
    [InlineData("wbe+dbb", "MURDER0102 MURDER0102")]
    [InlineData("!web", "MURDER0103")]
    [InlineData("web+!all", "MURDER0103")]
    [InlineData("empty", "MURDER0107")]
    [InlineData("web1.example.com:0", "MURDER0106")]
    [InlineData("web1.example.com:65536", "MURDER0106")]
    [InlineData("web1.example.com:ssh", "MURDER0106")]
    [InlineData("web[3:1].example.com", "MURDER0108")]
    [InlineData("root@web1+web", "MURDER0109")]
    [InlineData("a@x.example.com+b@x.example.com", "MURDER0109")]
    [InlineData("local:0", "MURDER0111")]
    [InlineData("local:1000", "MURDER0111")]
    [InlineData("local:x", "MURDER0111")]
    [InlineData("local:-1", "MURDER0111")]
    [InlineData("@web1", "MURDER0112")]
    [InlineData("root@", "MURDER0112")]
    [InlineData("-oProxyCommand=x@web1.example.com", "MURDER0112")]
    [InlineData("[web1]", "MURDER0112")]
    [InlineData("we$b.example.com", "MURDER0115")]
    [InlineData("-oProxyCommand=x.y", "MURDER0115")]
    [InlineData("web+!wbe1", "MURDER0117")]
    [InlineData("web+!nothere.example.com", "MURDER0117")]
    [InlineData("web+!", "MURDER0117")]
    [InlineData("wbe+local:0+x.example.com:0+!nope", "MURDER0102 MURDER0111 MURDER0117 MURDER0106")]
    public void What_cannot_be_meant_is_refused_and_all_of_it_at_once(string hosts, string codes) => Assert.Equal(codes, Codes(hosts, Inventory));

    [Theory]
    [InlineData("wbe", "Did you mean 'web'?")]
    [InlineData("WEB", "Did you mean 'web'?")]
    [InlineData("lonley", "Did you mean 'lonely'?")]
    [InlineData("locla", "Did you mean 'local'?")]
    [InlineData("staging", "Groups: web, db, empty (from /src/murder.hosts.ini)")]
    [InlineData("staging", "user@staging")]
    public void An_unknown_word_is_answered_with_what_could_be_meant(string hosts, string expected) =>
        Assert.Contains(expected, Assert.Single(Resolve(hosts, Inventory).Problems).Remedy, StringComparison.Ordinal);

    [Fact]
    public void Without_an_inventory_the_answer_says_where_one_is_looked_for() =>
        Assert.Contains("no murder.hosts.ini beside the project", Assert.Single(Resolve("prod", null).Problems).Remedy, StringComparison.Ordinal);

    [Theory]
    [InlineData("h ansible_port=0", "MURDER0106")]
    [InlineData("h ansible_port=70000", "MURDER0106")]
    [InlineData("h murder_root=srv/shop", "MURDER0110")]
    [InlineData("h murder_root=/srv/../etc", "MURDER0110")]
    [InlineData("h murder_root=/srv/./x", "MURDER0110")]
    [InlineData("h murder_root=/", "MURDER0110")]
    [InlineData("h ansible_user='two words'", "MURDER0115")]
    [InlineData("h ansible_user='{{deployer}}'", "MURDER0115")]
    [InlineData("h ansible_host='-oProxyCommand=x'", "MURDER0115")]
    [InlineData("h ansible_port=0 murder_root=x", "MURDER0106 MURDER0110")]
    [InlineData("a ansible_host=10.0.0.1\nb ansible_host=10.0.0.1", "MURDER0113")]
    [InlineData("local", "MURDER0116")]
    public void Values_that_cannot_be_used_are_refused(string inventory, string codes) =>
        Assert.Equal(codes, Codes(inventory == "local" ? "local" : "all", inventory));

    [Fact]
    public void The_values_of_hosts_that_are_not_meant_do_not_matter() =>
        Assert.Equal("good", Names("good", "good\nwindows1 ansible_port=5986x ansible_user='{{ u }}'"));

    [Fact]
    public void One_machine_may_hold_two_roots() =>
        Assert.Equal("a b", Names("all", "a ansible_host=10.0.0.1 murder_root=/srv/a\nb ansible_host=10.0.0.1 murder_root=/srv/b"));

    [Fact]
    public void The_root_of_a_host_goes_over_that_of_the_deploy()
    {
        DeploymentSettings settings = Settings("all") with { Root = "/opt/apps//shop/" };
        Assert.Equal(["/opt/apps/shop", "/own"], Resolve(settings, "a\nb murder_root=/own").Hosts.Select(host => host.Root));
        Assert.Equal("MURDER0110", Assert.Single(Resolve(settings with { Root = "opt" }, "a").Problems).Code);
    }

    [Fact]
    public void Items_and_inventory_make_one_group()
    {
        var items = new HostItem("extra[1:2]") { Groups = "web;eu", User = "u", Zone = "z" };
        Assert.Equal("web1 web2 web3 extra1 extra2", Names("web", Inventory, items));
        Assert.Equal("extra1 extra2", Names("eu", Inventory, items));
    }

    [Fact]
    public void An_item_says_how_to_reach_a_host()
    {
        TargetHost host = Host("web1", null, new HostItem("web1") { Address = "10.0.0.1", User = "u", Port = "23", Zone = "z", Root = "/r", IdentityFile = "keys/web" });
        Assert.Equal(new TargetHost("web1") { Address = "10.0.0.1", User = "u", Port = 23, Zone = "z", Root = "/r", IdentityFile = "/src/shop/keys/web", Groups = host.Groups }, host);
    }

    [Fact]
    public void An_item_goes_over_its_groups_but_must_not_contradict_the_hosts_own_line()
    {
        Assert.Equal("item", Host("h", "[g]\nh\n[g:vars]\nzone=group", new HostItem("h") { Zone = "item" }).Zone);
        Assert.Equal("MURDER0109", Codes("h", "h zone=own", new HostItem("h") { Zone = "item" }));
        Assert.Equal("MURDER0109", Codes("h", null, new HostItem("h") { Zone = "a" }, new HostItem("h") { Zone = "b" }));
        Assert.Equal("a", Host("h", "h zone=a", new HostItem("h") { Zone = "a" }).Zone);
    }

    [Theory]
    [InlineData(" ", "MURDER0118")]
    [InlineData("web[3:1]", "MURDER0108")]
    public void An_item_that_names_nothing_is_refused(string include, string code) => Assert.Equal(code, Codes("localhost", null, new HostItem(include)));

    [Fact]
    public void The_inventory_is_found_beside_the_project_or_above_it()
    {
        using var directory = new TestDirectory();
        string project = directory.Combine("src", "shop");
        Directory.CreateDirectory(project);
        DeploymentSettings settings = Settings("web") with { ProjectDirectory = project };
        Assert.Equal("MURDER0102", Assert.Single(HostResolver.Resolve(settings).Problems).Code);

        string above = directory.Write("murder.hosts.ini", "[web]\nabove"u8);
        Assert.Equal(("above", above), (HostResolver.Resolve(settings).Hosts[0].Name, HostResolver.Resolve(settings).InventoryPath));

        directory.Write("src/shop/murder.hosts.ini", "[web]\nbeside"u8);
        Assert.Equal("beside", HostResolver.Resolve(settings).Hosts[0].Name);

        string named = directory.Write("hosts", "[web]\nnamed"u8);
        Assert.Equal("named", HostResolver.Resolve(settings with { Inventory = named }).Hosts[0].Name);
        Assert.Equal("named", HostResolver.Resolve(settings with { Inventory = "../../hosts" }).Hosts[0].Name);
    }

    [Theory]
    [InlineData("missing.ini", "no such file")]
    [InlineData("no/such/folder.ini", "no such file")]
    [InlineData("folder", "is a folder")]
    [InlineData("bad\0name", "")]
    public void An_inventory_that_is_named_must_be_there(string inventory, string reason)
    {
        using var directory = new TestDirectory();
        Directory.CreateDirectory(directory.Combine("folder"));
        HostResolution resolution = HostResolver.Resolve(Settings("prod localhost") with { ProjectDirectory = directory.Path, Inventory = inventory });
        Problem problem = Assert.Single(resolution.Problems); // not that there is no group prod
        Assert.Equal("MURDER0104", problem.Code);
        Assert.Contains(reason, problem.Text, StringComparison.Ordinal);
    }
}
