namespace Murder.Deploy.Tests;

/// <summary>Short ways to ask for hosts and to compare what came.</summary>
internal static class Resolving
{
    public static DeploymentSettings Settings(string hosts, params HostItem[] items) => new()
    {
        ProjectDirectory = "/src/shop",
        Application = "shop",
        Version = "1.0.0",
        PublishDirectory = "/src/shop/publish",
        Hosts = hosts,
        AgentDirectory = "/agents",
        StateDirectory = "/src/shop/obj/murder",
        ReportDirectory = "/src/shop/bin/murder",
        HostItems = items,
    };

    public static HostResolution Resolve(string hosts, string? inventory, params HostItem[] items) => Resolve(Settings(hosts, items), inventory);

    public static HostResolution Resolve(DeploymentSettings settings, string? inventory) =>
        HostResolver.Resolve(settings, inventory is null ? null : new InventoryText("/src/murder.hosts.ini", inventory), SshAliases.None, "/home/me", []);

    /// <summary>The names; fails when there are problems.</summary>
    public static string Names(string hosts, string? inventory, params HostItem[] items)
    {
        HostResolution resolution = Resolve(hosts, inventory, items);
        Assert.Empty(resolution.Problems);
        return string.Join(' ', resolution.Hosts.Select(host => host.Name));
    }

    /// <summary>The one host; fails when there are problems.</summary>
    public static TargetHost Host(string hosts, string? inventory, params HostItem[] items)
    {
        HostResolution resolution = Resolve(hosts, inventory, items);
        Assert.Empty(resolution.Problems);
        return Assert.Single(resolution.Hosts);
    }

    /// <summary>The codes of all problems, in order.</summary>
    public static string Codes(string hosts, string? inventory, params HostItem[] items)
    {
        HostResolution resolution = Resolve(hosts, inventory, items);
        Assert.Empty(resolution.Hosts);
        return string.Join(' ', resolution.Problems.Select(problem => problem.Code));
    }
}
