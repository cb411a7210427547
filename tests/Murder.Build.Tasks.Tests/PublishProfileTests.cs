namespace Murder.Build.Tasks.Tests;

/// <summary>A publish profile that deploys: <c>WebPublishMethod</c> is <c>Murder</c>. What publishes and what deploys is replaced; the SDK's import of the profile is real.</summary>
[Collection("MSBuild")] // one build at a time in a process
public sealed class PublishProfileTests
{
    private const string Sdk = "Microsoft.NET.Sdk";

    private static readonly (string, string) Prod = ("PublishProfile", "Prod");

    [Theory]
    [InlineData("Microsoft.NET.Sdk", "Publish")]
    [InlineData("Microsoft.NET.Sdk", "MurderDeploy")]
    [InlineData("Microsoft.NET.Sdk", "Publish", "MurderDeploy")]
    [InlineData("Microsoft.NET.Sdk.Web", "Publish")]
    [InlineData("Microsoft.NET.Sdk.Web", "MurderDeploy")]
    [InlineData("Microsoft.NET.Sdk.Web", "Publish", "MurderDeploy")]
    public void The_profile_deploys_once_to_its_hosts(string sdk, params string[] targets)
    {
        using ServiceProject service = Create(sdk);

        (_, ServiceProject.RecordingLogger log, bool succeeded) = service.Build(targets, Prod);

        Assert.True(succeeded, string.Join('\n', log.Texts));
        Assert.Equal(["_MurderCheckDeploy", "_MurderEmptyPublishDirectory", "PrepareForPublish", "Publish", "BeforeMurderDeploy", "_MurderDeployRelease", "AfterMurderDeploy"], StepsOf(log));
    }

    [Fact]
    public void Without_the_profile_a_publish_is_a_publish()
    {
        using ServiceProject service = Create(Sdk);

        Assert.Equal(["PrepareForPublish", "Publish"], StepsOf(service.Build("Publish").Log));
    }

    [Fact]
    public void A_wrong_profile_is_refused_before_anything_is_published()
    {
        using ServiceProject service = Create(Sdk);
        string before = service.Write("bin/Release/net10.0/publish/before.txt", "");

        (_, ServiceProject.RecordingLogger log, _) = service.Build("Publish", Prod, ("MurderPort", "none"), ("PublishDir", "bin/Release/net10.0/publish/"));

        Assert.Equal(["MURDER0010"], log.Codes);
        Assert.True(File.Exists(before));
        Assert.DoesNotContain("PrepareForPublish", log.Targets);
    }

    /// <summary>Somebody who asks for a plan must not get a deploy.</summary>
    [Theory]
    [InlineData("MurderStage", "_MurderStageRelease")]
    [InlineData("MurderPlan", "_MurderPlanRelease")]
    [InlineData("MurderTorrent", "_MurderCreateTorrent")]
    public void Another_target_is_not_made_a_deploy_by_the_profile(string target, string work)
    {
        using ServiceProject service = Create(Sdk);

        ServiceProject.RecordingLogger byItself = service.Build(target, Prod).Log;
        ServiceProject.RecordingLogger afterPublish = service.Build(["Publish", target], Prod, ("_MurderIsTargetRequested", "true")).Log;

        Assert.All([byItself, afterPublish], log => Assert.Contains(work, log.Targets));
        Assert.All([byItself, afterPublish], log => Assert.DoesNotContain("_MurderDeployRelease", log.Targets));
    }

    [Fact]
    public void Where_the_command_line_cannot_be_read_the_profile_deploys_nothing_and_says_how_it_can()
    {
        using ServiceProject service = Create(Sdk);

        (_, ServiceProject.RecordingLogger log, _) = service.Build("Publish", Prod, ("_MurderIsCommandLineHidden", "true"));

        Assert.Equal(["MURDER0008"], log.Codes);
        Assert.Contains("-m:1", log.Texts[0], StringComparison.Ordinal);
        Assert.DoesNotContain("PrepareForPublish", log.Targets);
    }

    private static ServiceProject Create(string sdk)
    {
        ServiceProject service = new("", sdk,
            """
            <Target Name="PrepareForPublish"><MakeDir Directories="$(PublishDir)" /></Target>
            <Target Name="Publish" DependsOnTargets="PrepareForPublish" />
            <Target Name="_MurderDeployRelease"><Error Condition="'$(MurderHosts)' != 'prod;eu'" Text="$(MurderHosts)" /></Target>
            <Target Name="_MurderStageRelease" />
            <Target Name="_MurderPlanRelease" />
            <Target Name="_MurderCreateTorrent" />
            """);
        service.Write("Properties/PublishProfiles/Prod.pubxml", "<Project><PropertyGroup><WebPublishMethod>Murder</WebPublishMethod><Hosts>prod;eu</Hosts></PropertyGroup></Project>");
        return service;
    }

    /// <summary>The steps of a deploy in the order in which they were begun.</summary>
    private static IEnumerable<string> StepsOf(ServiceProject.RecordingLogger log) => log.Targets.Where(target =>
        target is "_MurderCheckDeploy" or "_MurderEmptyPublishDirectory" or "PrepareForPublish" or "Publish" or "BeforeMurderDeploy" or "_MurderDeployRelease" or "AfterMurderDeploy");
}
