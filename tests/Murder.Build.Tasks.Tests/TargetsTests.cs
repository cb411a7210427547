using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Build.Execution;
using Microsoft.Build.Framework;
using Murder.Testing;

namespace Murder.Build.Tasks.Tests;

/// <summary>Murder.Build.props and .targets: defaults, refusals, and what reaches the tasks.</summary>
[Collection("MSBuild")] // one build at a time in a process
public sealed class TargetsTests
{
    /// <summary>As if the command line had asked for it.</summary>
    private static readonly (string, string) Requested = ("_MurderIsDeployRequested", "true");

    [Fact]
    public void Defaults_are_taken_from_the_project_and_all_paths_are_absolute()
    {
        using ServiceProject service = new();

        (ProjectInstance project, _, bool succeeded) = service.Build("_MurderComputeSettings", ("Hosts", "prod"), ("PublishDir", "bin/Release/net10.0/publish/"));

        Assert.True(succeeded);
        Assert.Equal("prod", project.GetPropertyValue("MurderHosts"));
        Assert.Equal("shop", project.GetPropertyValue("MurderApplication"));
        Assert.Equal($"{service.Directory}/bin/Release/net10.0/publish/", project.GetPropertyValue("_MurderPublishDirectory"));
        Assert.Equal($"{service.Directory}/bin/murder/", project.GetPropertyValue("_MurderReportDirectory"));
        Assert.Equal($"{service.Directory}/bin/murder/shop.torrent", project.GetPropertyValue("_MurderTorrentFile"));
        Assert.Equal($"{service.Directory}/obj/murder/", project.GetPropertyValue("_MurderStateDirectory"));
        Assert.Equal("auto", project.GetPropertyValue("MurderProgress"));
        Assert.Equal("false", project.GetPropertyValue("MurderAllowDebug"));
    }

    [Fact]
    public void A_project_may_set_everything_itself()
    {
        using ServiceProject service = new(
            """
            <PropertyGroup>
              <MurderHosts>eu</MurderHosts>
              <MurderApplication>store</MurderApplication>
              <MurderReportPath>reports</MurderReportPath>
              <MurderTorrentPath>/tmp/x.torrent</MurderTorrentPath>
            </PropertyGroup>
            """);

        (ProjectInstance project, _, _) = service.Build("_MurderComputeSettings");

        Assert.Equal("eu", project.GetPropertyValue("MurderHosts"));
        Assert.Equal("store", project.GetPropertyValue("MurderApplication"));
        Assert.Equal($"{service.Directory}/reports/", project.GetPropertyValue("_MurderReportDirectory"));
        Assert.Equal("/tmp/x.torrent", project.GetPropertyValue("_MurderTorrentFile"));
    }

    [Theory]
    [InlineData("MurderDeploy")]
    [InlineData("MurderStage")]
    [InlineData("MurderActivate")]
    [InlineData("MurderRollback")]
    [InlineData("MurderStatus")]
    [InlineData("MurderPrune")]
    [InlineData("MurderPlan")]
    public void Without_hosts_nothing_is_built_or_published(string target)
    {
        using ServiceProject service = new();

        (_, ServiceProject.RecordingLogger log, bool succeeded) = service.Build(target);

        Assert.False(succeeded);
        Assert.Equal(["MURDER0101"], log.Codes);
        Assert.DoesNotContain("Build", log.Targets);
        Assert.DoesNotContain("PrepareForPublish", log.Targets);
    }

    [Fact]
    public void A_Debug_build_is_refused_unless_it_is_allowed()
    {
        using ServiceProject service = new();

        (_, ServiceProject.RecordingLogger refused, _) = service.Build("MurderDeploy", ("Hosts", "prod"), ("Configuration", "Debug"));
        (_, ServiceProject.RecordingLogger allowed, bool succeeded) = service.Build("_MurderCheckDeploy", ("Hosts", "prod"), ("Configuration", "Debug"), ("MurderAllowDebug", "true"), ("_MurderIsDeployRequested", "true"));

        Assert.Equal(["MURDER0003"], refused.Codes);
        Assert.DoesNotContain("Build", refused.Targets);
        Assert.Empty(allowed.Codes);
        Assert.True(succeeded);
    }

    /// <summary>The second one would empty the folder that the first one seeds from.</summary>
    [Fact]
    public void Two_builds_do_not_deploy_one_project_at_once()
    {
        using ServiceProject service = new();
        (string, string)[] request = [("Hosts", "prod"), ("_MurderIsDeployRequested", "true")];
        Assert.True(service.Build("_MurderCheckDeploy", request).Succeeded);
        using (new FileStream(Path.Combine(service.Directory, "obj", "murder", "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(["MURDER0021"], service.Build("_MurderCheckDeploy", request).Log.Codes);
        }

        Assert.True(service.Build("_MurderCheckDeploy", request).Succeeded);
    }

    [Fact]
    public void A_project_that_is_not_published_is_refused()
    {
        using ServiceProject service = new("<PropertyGroup><IsPublishable>false</IsPublishable></PropertyGroup>");

        Assert.Equal(["MURDER0004"], service.Build("MurderDeploy", ("Hosts", "prod")).Log.Codes);
    }

    [Theory]
    [InlineData("<OutputType>Library</OutputType>")]
    [InlineData("<IsTestProject>true</IsTestProject>")]
    public void A_library_or_a_test_project_is_no_service(string property)
    {
        using ServiceProject service = new($"<PropertyGroup>{property}</PropertyGroup>");

        (_, ServiceProject.RecordingLogger log, _) = service.Build("MurderDeploy", ("Hosts", "prod"));

        Assert.Equal(["MURDER0004"], log.Codes);
        Assert.DoesNotContain("Build", log.Targets);
    }

    /// <summary>As MSBuild builds a project of a solution.</summary>
    [Theory]
    [InlineData("MurderDeploy")]
    [InlineData("MurderTorrent")]
    [InlineData("MurderRollback")]
    [InlineData("MurderStatus")]
    [InlineData("PrepareForPublish")]
    public void A_solution_is_refused_with_the_project_to_name_instead(string target)
    {
        using ServiceProject service = new();

        (_, ServiceProject.RecordingLogger log, _) = service.Build(target, ("Hosts", "prod"), ("BuildingSolutionFile", "true"), ("SolutionFileName", "shops.sln"), Requested);

        Assert.Equal(["MURDER0007"], log.Codes);
        Assert.Contains("shops.sln", log.Texts[0], StringComparison.Ordinal);
        Assert.Contains($"dotnet publish {service.Directory}/shop.csproj", log.Texts[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./")]
    [InlineData("../")]
    public void A_publish_folder_that_holds_the_project_is_refused_and_nothing_is_published(string publishDirectory)
    {
        using ServiceProject service = new();

        (_, ServiceProject.RecordingLogger log, _) = service.Build("MurderDeploy", ("Hosts", "prod"), ("PublishDir", publishDirectory));

        Assert.Equal(["MURDER0009"], log.Codes);
        Assert.DoesNotContain("Build", log.Targets);
        Assert.True(File.Exists(Path.Combine(service.Directory, "shop.csproj")));
    }

    [Theory]
    [InlineData("MurderDeploy")]
    [InlineData("MurderActivate")]
    [InlineData("MurderRollback")]
    [InlineData("MurderStatus")]
    [InlineData("MurderPrune")]
    public void A_style_of_progress_that_does_not_exist_is_refused(string target)
    {
        using ServiceProject service = new("<PropertyGroup><MurderDeployDependsOn>Mine</MurderDeployDependsOn></PropertyGroup><Target Name=\"Mine\" />");

        (_, ServiceProject.RecordingLogger log, _) = service.Build(target, ("Hosts", "prod"), ("MurderRelease", "1.0.0-a"), ("MurderProgress", "foo"));

        Assert.Equal(["MURDER0029"], log.Codes);
        Assert.DoesNotContain("Mine", log.Targets);
    }

    [Fact]
    public void Several_target_frameworks_are_refused_before_the_SDK_does()
    {
        using ServiceProject service = new();
        service.Write("Directory.Build.props", "<Project />");
        service.Write("Directory.Build.targets", $"""<Project><Import Project="{Repository.Combine("buildMultiTargeting", "Murder.Build.targets")}" /></Project>""");

        (_, ServiceProject.RecordingLogger log, _) = service.Build("Publish", ("_MurderIsTargetRequested", "true"), ("TargetFramework", ""), ("TargetFrameworks", "net9.0;net10.0"));

        Assert.Equal(["MURDER0005"], log.Codes);
    }

    [Fact]
    public void An_older_SDK_is_refused()
    {
        using ServiceProject service = new();

        (_, ServiceProject.RecordingLogger log, _) = service.Build("MurderDeploy", ("Hosts", "prod"), ("NETCoreSdkVersion", "9.0.305"));

        Assert.Equal(["MURDER0002"], log.Codes);
    }

    [Theory]
    [InlineData("MurderDeploy")]
    [InlineData("MurderStage")]
    [InlineData("MurderActivate")]
    [InlineData("MurderRollback")]
    [InlineData("MurderStatus")]
    [InlineData("MurderPrune")]
    [InlineData("MurderPlan")]
    [InlineData("MurderTorrent")]
    public void Several_target_frameworks_are_refused_with_the_way_to_choose_one(string target)
    {
        using ServiceProject service = new();
        service.Write("Directory.Build.props", "<Project />");
        service.Write("Directory.Build.targets", $"""<Project><Import Project="{Repository.Combine("buildMultiTargeting", "Murder.Build.targets")}" /></Project>""");

        (_, ServiceProject.RecordingLogger log, _) = service.Build(target, ("Hosts", "prod"), ("TargetFramework", ""), ("TargetFrameworks", "net9.0;net10.0"));

        Assert.Equal(["MURDER0005"], log.Codes);
        Assert.Contains("-f net10.0", log.Texts[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bin/Release/net10.0/publish/", "True")]
    [InlineData("bin/", "False")]
    [InlineData("bin/Release/", "False")]
    [InlineData("./", "False")]
    [InlineData("publish/", "False")]
    [InlineData("../binary/", "False")]
    public void Only_a_publish_folder_below_the_own_output_is_emptied(string publishDirectory, string expected)
    {
        using ServiceProject service = new();

        (ProjectInstance project, _, _) = service.Build("_MurderComputeSettings", ("Hosts", "prod"), ("PublishDir", publishDirectory));

        Assert.Equal(expected, project.GetPropertyValue("_MurderOwnsPublishDirectory"), ignoreCase: true);
    }

    [Fact]
    public void The_publish_folder_is_emptied_for_a_deploy()
    {
        using ServiceProject service = new();
        string stale = service.Write("bin/Release/net10.0/publish/stale.txt", "");

        service.Build("PrepareForPublish", ("Hosts", "prod"), ("PublishDir", "bin/Release/net10.0/publish/"), Requested);

        Assert.False(File.Exists(stale));
    }

    /// <summary>Hosts may be set in the project, for good: a plain publish would lose what its user keeps in the folder.</summary>
    [Theory]
    [InlineData("Hosts")]
    [InlineData("MurderHosts")]
    public void A_plain_publish_is_left_alone_though_hosts_are_named(string property)
    {
        using ServiceProject service = new();
        string mine = service.Write("bin/Release/net10.0/publish/mine.txt", "");

        service.Build("PrepareForPublish", (property, "prod"), ("PublishDir", "bin/Release/net10.0/publish/"));

        Assert.True(File.Exists(mine));
    }

    [Fact]
    public void A_wrong_request_is_refused_with_all_that_is_wrong_and_the_publish_folder_is_left_alone()
    {
        using ServiceProject service = new();
        string before = service.Write("bin/Release/net10.0/publish/before.txt", "");

        (_, ServiceProject.RecordingLogger log, bool succeeded) = service.Build(
            "PrepareForPublish", ("Hosts", "nowhere"), ("MurderPort", "none"), ("MurderRelease", "../x"), ("MurderIdentityFile", "no-key"), ("MurderKnownHosts", "no-hosts"), ("PublishDir", "bin/Release/net10.0/publish/"), Requested);

        Assert.False(succeeded);
        Assert.Equal(["MURDER0010", "MURDER0013", "MURDER0102", "MURDER0320", "MURDER0322"], log.Codes.Order());
        Assert.True(File.Exists(before));
    }

    /// <summary>As on a worker of MSBuild, where the command line is not the user's.</summary>
    [Fact]
    public void A_publish_that_came_before_our_target_is_warned_about()
    {
        using ServiceProject service = new("", replacements: """<Target Name="Publish" /><Target Name="_MurderDeployRelease" />""");

        (_, ServiceProject.RecordingLogger log, bool succeeded) = service.Build(["Publish", "MurderDeploy"], ("Hosts", "prod"), ("PublishDir", "bin/Release/net10.0/publish/"));

        Assert.True(succeeded);
        Assert.Equal(["MURDER1002"], log.Codes);
    }

    [Fact]
    public void A_wrong_request_for_a_torrent_is_refused_before_anything_is_published()
    {
        using ServiceProject service = new();
        string before = service.Write("bin/Release/net10.0/publish/before.txt", "");

        (_, ServiceProject.RecordingLogger log, _) = service.Build(
            "PrepareForPublish", ("MurderApplication", "a/b"), ("PublishDir", "bin/Release/net10.0/publish/"), ("_MurderIsTorrentRequested", "true"));

        Assert.Equal(["MURDER0012"], log.Codes);
        Assert.True(File.Exists(before));
    }

    [Fact]
    public void A_foreign_publish_folder_is_left_alone_and_its_files_warned_about()
    {
        using ServiceProject service = new();
        string stale = service.Write("out/stale.txt", "");

        (_, ServiceProject.RecordingLogger log, _) = service.Build("PrepareForPublish", ("Hosts", "prod"), ("PublishDir", "out/"), Requested);

        Assert.True(File.Exists(stale));
        Assert.Equal(["MURDER1001"], log.Codes);
    }

    [Fact]
    public void Shared_items_are_checked_before_anything_is_published()
    {
        using ServiceProject service = new("""<ItemGroup><MurderShared Include="appsettings.Local.json;logs/" /><MurderShared Include="../other" /></ItemGroup>""");

        (ProjectInstance project, ServiceProject.RecordingLogger log, _) = service.Build("PrepareForPublish", ("Hosts", "prod"), ("PublishDir", "bin/Release/net10.0/publish/"), Requested);

        Assert.Equal(["MURDER0022"], log.Codes);
        Assert.Equal("appsettings.Local.json;logs/;../other", project.GetItems("_MurderSettings").Single().GetMetadataValue("Shared"));
    }

    [Fact]
    public void A_publish_that_is_no_deploy_is_left_alone()
    {
        using ServiceProject service = new();
        string stale = service.Write("bin/Release/net10.0/publish/stale.txt", "");

        (_, ServiceProject.RecordingLogger log, _) = service.Build("PrepareForPublish", ("PublishDir", "bin/Release/net10.0/publish/"));

        Assert.True(File.Exists(stale));
        Assert.DoesNotContain(log.Targets, target => target.Contains("Murder", StringComparison.Ordinal));
    }

    [Fact]
    public void A_project_hooks_in_by_targets_of_known_names()
    {
        using ServiceProject service = new(
            """
            <PropertyGroup><MurderDeployDependsOn>Mine</MurderDeployDependsOn></PropertyGroup>
            <Target Name="Mine" />
            <Target Name="BeforeMurderDeploy"><Error Code="MINE" Text="stop here" /></Target>
            """);

        (_, ServiceProject.RecordingLogger log, _) = service.Build("MurderDeploy", ("Hosts", "prod"));

        Assert.Equal(["MINE"], log.Codes);
        Assert.Contains("Mine", log.Targets);
        Assert.DoesNotContain("Publish", log.Targets);
    }

    [Fact]
    public void Every_input_of_a_deploy_is_handed_over_and_nothing_the_task_does_not_know()
    {
        XElement[] targets = [.. XDocument.Load(Repository.Combine("build", "Murder.Build.targets")).Descendants("Target")];
        foreach (Type verb in new[] { typeof(CheckRequest), typeof(DeployRelease), typeof(ActivateRelease), typeof(ShowStatus), typeof(PruneReleases), typeof(PlanRelease), typeof(CreateTorrent) })
        {
            string[] known = [.. verb.GetProperties().Where(p => p.CanWrite && p.DeclaringType?.Assembly == verb.Assembly).Where(p => !p.IsDefined(typeof(OutputAttribute), false)).Select(p => p.Name).Order()];
            string[] required = [.. verb.GetProperties().Where(p => p.IsDefined(typeof(RequiredAttribute), true)).Select(p => p.Name)];
            XElement[] calls = [.. targets.Elements(verb.Name)];

            Assert.NotEmpty(calls);
            foreach (XElement call in calls)
            {
                string[] given = [.. call.Attributes().Select(attribute => attribute.Name.LocalName).Order()];
                Assert.Subset(known.ToHashSet(), given.ToHashSet());
                Assert.Superset(required.ToHashSet(), given.ToHashSet());
                if (verb == typeof(DeployRelease))
                {
                    Assert.Equal(known, given);
                }
            }
        }
    }
}
