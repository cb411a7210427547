using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Murder.Deploy;

namespace Murder.Build.Tasks.Tests;

/// <summary>What a task makes of the properties and items that MSBuild gives it.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Every_property_reaches_the_settings()
    {
        DeployRelease task = Task();
        task.Hosts = "prod !web3";
        task.Root = "/srv/shop";
        task.Release = "1.2.3-x";
        task.ConnectionsMax = "7";
        task.Port = "7000";
        task.SwarmSecurity = "none";
        task.RateLimit = "12.5M";
        task.MaxFailedHosts = "10%";

        DeploymentSettings settings = task.ToSettings();

        Assert.Equal("/work/shop", settings.ProjectDirectory);
        Assert.Equal("shop", settings.Application);
        Assert.Equal("1.2.3", settings.Version);
        Assert.Equal("/work/shop/bin/publish/", settings.PublishDirectory);
        Assert.Equal("/package/tools/agent/", settings.AgentDirectory);
        Assert.Equal("/work/shop/obj/murder/local/", settings.LocalDirectory);
        Assert.Equal("/work/shop/bin/murder/", settings.ReportDirectory);
        Assert.Equal("prod !web3", settings.Hosts);
        Assert.Equal("/srv/shop", settings.Root);
        Assert.Equal("1.2.3-x", settings.Release);
        Assert.Equal("7", settings.ConnectionsMax);
        Assert.Equal("7000", settings.Port);
        Assert.Equal("none", settings.SwarmSecurity);
        Assert.Equal("12.5M", settings.RateLimit);
        Assert.Equal("10%", settings.MaxFailedHosts);
    }

    [Fact]
    public void What_is_not_given_stays_empty_so_that_the_deploy_has_its_own_defaults()
    {
        DeploymentSettings settings = Task().ToSettings();

        Assert.All(
            [settings.Hosts, settings.Inventory, settings.Root, settings.Release, settings.ConnectionsMax, settings.Port, settings.IdentityFile, settings.KnownHosts],
            value => Assert.Equal("", value));
        Assert.Empty(settings.HostItems);
    }

    [Fact]
    public void Paths_are_relative_to_the_project_and_know_the_home_folder()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        DeployRelease task = Task();
        task.Inventory = "../murder.hosts.ini";
        task.IdentityFile = "~/.ssh/deploy";
        task.KnownHosts = "/etc/known ; keys/known_hosts;;~/known";

        DeploymentSettings settings = task.ToSettings();

        Assert.Equal("/work/murder.hosts.ini", settings.Inventory);
        Assert.Equal($"{home}/.ssh/deploy", settings.IdentityFile);
        Assert.Equal($"/etc/known;/work/shop/keys/known_hosts;{home}/known", settings.KnownHosts);
    }

    [Fact]
    public void Host_items_keep_what_was_written()
    {
        DeployRelease task = Task();
        TaskItem item = new("web[01:40].example.com");
        item.SetMetadata("Groups", "prod;eu");
        item.SetMetadata("User", "deploy");
        item.SetMetadata("Port", "2222");
        item.SetMetadata("Address", "10.0.0.1");
        item.SetMetadata("Zone", "eu-1");
        item.SetMetadata("Root", "/opt/shop");
        item.SetMetadata("IdentityFile", "key");
        task.HostItems = [item];

        Assert.Equal(
            new HostItem("web[01:40].example.com") { Groups = "prod;eu", User = "deploy", Port = "2222", Address = "10.0.0.1", Zone = "eu-1", Root = "/opt/shop", IdentityFile = "/work/shop/key" },
            Assert.Single(task.ToSettings().HostItems));
    }

    private static DeployRelease Task() => new()
    {
        ProjectFile = "/work/shop/shop.csproj",
        Application = "shop",
        Version = "1.2.3",
        PublishDirectory = "bin/publish/",
        AgentDirectory = "/package/build/../tools/agent/",
        LocalDirectory = "obj/murder/local/",
        ReportDirectory = "bin/murder/",
    };
}
