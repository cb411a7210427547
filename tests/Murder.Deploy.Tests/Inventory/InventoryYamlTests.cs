namespace Murder.Deploy.Tests;

public sealed class InventoryYamlTests
{
    private const string Fleet = """
        # the fleet
        all:
          vars:
            ansible_user: deploy
          children:
            prod:
              vars:
                ansible_ssh_private_key_file: keys/prod
              children:
                web:
                  hosts:
                    web[01:03].example.com:
                      zone: eu-1
                    web9:2222:
                      ansible_host: 10.0.0.9
                db:
                  hosts:
                    db1:
                      ansible_port: 2200
                      murder_root: /opt/db
                      other: [1, 2]
        """;

    // What `ansible-inventory --list` prints of the same fleet, and with it what dynamic inventories print.
    private const string Listed = """
        {
          "_meta": { "hostvars": {
            "web01.example.com": { "ansible_user": "deploy", "zone": "eu-1", "ansible_ssh_private_key_file": "keys/prod" },
            "web02.example.com": { "ansible_user": "deploy", "zone": "eu-1", "ansible_ssh_private_key_file": "keys/prod" },
            "web03.example.com": { "ansible_user": "deploy", "zone": "eu-1", "ansible_ssh_private_key_file": "keys/prod" },
            "web9": { "ansible_user": "deploy", "ansible_host": "10.0.0.9", "ansible_port": 2222, "ansible_ssh_private_key_file": "keys/prod" },
            "db1": { "ansible_user": "deploy", "ansible_port": 2200, "murder_root": "/opt/db", "ansible_ssh_private_key_file": "keys/prod" }
          } },
          "all": { "children": ["ungrouped", "prod"] },
          "prod": { "children": ["web", "db"] },
          "web": { "hosts": ["web01.example.com", "web02.example.com", "web03.example.com", "web9"] },
          "db": ["db1"]
        }
        """;

    public static TheoryData<string, string> Texts => new() { { "murder.yml", Fleet }, { "inventory", Fleet }, { "output", Listed } };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_fleet_is_the_same_in_yaml_and_in_what_dynamic_inventories_print(string name, string text)
    {
        HostResolution resolution = Resolve("prod", text, $"/p/{name}");

        Assert.Equal([], resolution.Problems.Where(problem => !problem.IsWarning));
        Assert.Equal(
            [
                "web01.example.com deploy@web01.example.com:22 eu-1 /srv/shop /p/keys/prod",
                "web02.example.com deploy@web02.example.com:22 eu-1 /srv/shop /p/keys/prod",
                "web03.example.com deploy@web03.example.com:22 eu-1 /srv/shop /p/keys/prod",
                "web9 deploy@10.0.0.9:2222  /srv/shop /p/keys/prod",
                "db1 deploy@db1:2200  /opt/db /p/keys/prod",
            ],
            resolution.Hosts.Select(host => $"{host.Name} {host.User}@{host.Address}:{host.SshPort} {host.Zone} {host.Root} {host.IdentityFile}"));
    }

    [Theory]
    [InlineData("all:\n  hosts: {a: , b: }\n  chidren: {}\n", 3, "'chidren' of group 'all' is none of hosts, children and vars")]
    [InlineData("all:\n  hosts:\n    a: {\n", 4, "")]
    [InlineData("- a\n- b\n", 1, "an inventory in YAML is groups")]
    [InlineData("prod: {children: [web]}\n", 1, "children of 'prod' names 'web', a group that is not defined")]
    [InlineData("prod: web1\n", 1, "group 'prod' has neither hosts, children nor vars")]
    public void What_is_wrong_is_told_with_its_line(string text, int line, string words)
    {
        HostResolution resolution = Resolve("all", text, "/p/hosts.yml");

        Problem problem = resolution.Problems.First(problem => problem.Code == "MURDER0105");
        Assert.StartsWith($"/p/hosts.yml({line}): ", problem.Text, StringComparison.Ordinal);
        Assert.Contains(words, problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_depth_nor_aliases_exhaust_us()
    {
        string deep = new('[', 100_000);
        string laughs = "a0: &a0 {hosts: {h: }}\n" + string.Concat(Enumerable.Range(1, 40).Select(level => $"a{level}: &a{level} {{children: {{x{level}: *a{level - 1}, y{level}: *a{level - 1}}}}}\n"));

        Assert.Contains(Resolve("all", "all: " + deep, "/p/hosts.yml").Problems, problem => problem.Code == "MURDER0105");
        Assert.Contains(Resolve("all", laughs, "/p/hosts.yml").Problems, problem => problem.Code == "MURDER0105");
    }

    [Fact]
    public void A_command_prints_the_inventory()
    {
        List<Problem> problems = [];

        InventoryText text = InventoryCommand.Run("printf 'web:\\n  hosts: {a: , b: }\\n'", Path.GetTempPath(), problems)!;

        Assert.Equal([], problems);
        Assert.Equal(["a", "b"], Resolve("web", text.Text, text.Path).Hosts.Select(host => host.Name));
    }

    [Theory]
    [InlineData("echo no such workspace >&2; exit 3", "it ended with exit code 3: no such workspace")]
    [InlineData("no-such-command-here", "exit code 127")]
    public void A_command_that_fails_says_why(string command, string words)
    {
        List<Problem> problems = [];

        Assert.Null(InventoryCommand.Run(command, Path.GetTempPath(), problems));

        Problem problem = Assert.Single(problems);
        Assert.Equal("MURDER0119", problem.Code);
        Assert.Contains(words, problem.Text, StringComparison.Ordinal);
    }

    private static HostResolution Resolve(string hosts, string text, string path) =>
        HostResolver.Resolve(Resolving.Settings(hosts), new InventoryText(path, text), SshAliases.None, "/home/me", []);
}
