using System.Reflection;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Murder.Deploy;
using Murder.Testing;

namespace Murder.Build.Tasks.Tests;

/// <summary>What a task makes of the properties and items that MSBuild gives it.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Every_property_reaches_the_settings()
    {
        DeployRelease task = Task();
        foreach (PropertyInfo setting in Texts)
        {
            task.Settings.SetMetadata(setting.Name, $"/{setting.Name}");
        }

        DeploymentSettings settings = task.ToSettings();

        Assert.All(Texts, setting => Assert.Equal($"/{setting.Name}", setting.GetValue(settings)));
        Assert.Equal("/work/shop", settings.ProjectDirectory);
    }

    [Fact]
    public void The_targets_give_every_setting()
    {
        XDocument targets = XDocument.Load(Repository.Combine("build", "Murder.Build.targets"));
        IEnumerable<string> given = targets.Descendants("_MurderSettings").Single(item => item.Attribute("Include") is not null).Elements().Select(element => element.Name.LocalName);

        Assert.Equal(Texts.Select(setting => setting.Name).Concat(["ProjectFile", "Progress", "TerminalLogger"]).Order(), given.Order());
    }

    [Fact]
    public void What_is_not_given_stays_empty_so_that_the_deploy_has_its_own_defaults()
    {
        DeploymentSettings settings = Task().ToSettings();

        Assert.All(Texts, setting => Assert.Equal("", setting.GetValue(settings)));
        Assert.Empty(settings.HostItems);
    }

    [Fact]
    public void Paths_are_relative_to_the_project_and_know_the_home_folder()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        DeployRelease task = Task();
        task.Settings.SetMetadata("Inventory", "../murder.hosts.ini");
        task.Settings.SetMetadata("IdentityFile", "~/.ssh/deploy");
        task.Settings.SetMetadata("KnownHosts", "/etc/known ; keys/known_hosts;;~/known");

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

    private static DeployRelease Task()
    {
        TaskItem settings = new("settings");
        settings.SetMetadata("ProjectFile", "/work/shop/shop.csproj");
        return new DeployRelease { Settings = settings };
    }

    /// <summary>What a user can say, but for <see cref="DeploymentSettings.ProjectDirectory"/>, which follows from the project.</summary>
    private static IEnumerable<PropertyInfo> Texts =>
        typeof(DeploymentSettings).GetProperties().Where(property => property.PropertyType == typeof(string) && property.CanWrite && property.Name != nameof(DeploymentSettings.ProjectDirectory));
}
