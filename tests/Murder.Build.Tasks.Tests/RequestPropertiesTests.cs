using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Build.Execution;
using Microsoft.Build.Framework;
using Murder.Testing;

namespace Murder.Build.Tasks.Tests;

/// <summary>Properties of a request: who has the last word on one, and what is wrong with it.</summary>
[Collection("MSBuild")] // one build at a time in a process
public sealed partial class RequestPropertiesTests
{
    /// <summary>As if the command line had asked for it.</summary>
    private static readonly (string, string) Requested = ("_MurderIsDeployRequested", "true");

    [Fact]
    public void An_environment_variable_does_not_choose_the_hosts()
    {
        using ServiceProject service = new();
        Environment.SetEnvironmentVariable("HOSTS", "prod");
        try
        {
            Assert.Equal(["MURDER0006"], service.Build("MurderDeploy").Log.Codes);
            Assert.Equal("prod", service.Build("_MurderComputeSettings", ("Hosts", "prod")).Project.GetPropertyValue("MurderHosts"));
            Assert.Equal("eu", service.Build("_MurderComputeSettings", ("Hosts", "eu")).Project.GetPropertyValue("MurderHosts"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("HOSTS", null);
        }
    }

    /// <summary>Whoever types <c>-p:Hosts=local</c> must not deploy to what the project says for good.</summary>
    [Theory]
    [InlineData("<MurderHosts>prod</MurderHosts>", "Hosts", "eu")]
    [InlineData("<Hosts>prod</Hosts>", "Hosts", "eu")]
    [InlineData("<Hosts>prod</Hosts>", "MurderHosts", "eu")]
    [InlineData("<MurderHosts>prod</MurderHosts>", "MurderHosts", "eu")]
    [InlineData("<Hosts>prod</Hosts><MurderHosts>prod</MurderHosts>", "Hosts", "eu")]
    public void The_command_line_chooses_the_hosts_whatever_the_project_says(string project, string property, string value)
    {
        using ServiceProject service = new($"<PropertyGroup>{project}</PropertyGroup>");

        (ProjectInstance built, ServiceProject.RecordingLogger log, bool succeeded) = service.Build("_MurderCheckHosts", (property, value));

        Assert.True(succeeded, string.Join('\n', log.Texts));
        Assert.Equal(value, built.GetPropertyValue("MurderHosts"));
    }

    [Fact]
    public void The_command_line_chooses_the_hosts_whatever_the_environment_says()
    {
        Environment.SetEnvironmentVariable("MurderHosts", "prod");
        try
        {
            using ServiceProject service = new();

            Assert.Equal("prod", service.Build("_MurderCheckHosts").Project.GetPropertyValue("MurderHosts"));
            Assert.Equal("eu", service.Build("_MurderCheckHosts", ("Hosts", "eu")).Project.GetPropertyValue("MurderHosts"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("MurderHosts", null);
        }
    }

    /// <summary>As of <c>-p:Hosts=$TARGET</c> in a job that has no TARGET.</summary>
    [Theory]
    [InlineData("Hosts")]
    [InlineData("MurderHosts")]
    public void Empty_hosts_of_the_command_line_are_no_hosts(string property)
    {
        using ServiceProject service = new($"<PropertyGroup><{(property == "Hosts" ? "MurderHosts" : "Hosts")}>prod</{(property == "Hosts" ? "MurderHosts" : "Hosts")}></PropertyGroup>");

        Assert.Equal(["MURDER0101"], service.Build("MurderDeploy", (property, "")).Log.Codes);
    }

    [Theory]
    [InlineData("MurderDeploy")]
    [InlineData("MurderStage")]
    [InlineData("MurderActivate")]
    [InlineData("MurderRollback")]
    [InlineData("MurderStatus")]
    [InlineData("MurderPrune")]
    [InlineData("MurderPlan")]
    public void Hosts_that_were_typed_twice_and_differ_are_refused_before_anything_is_built(string target)
    {
        using ServiceProject service = new();

        ServiceProject.RecordingLogger log = service.Build(target, ("Hosts", "eu"), ("MurderHosts", "prod")).Log;

        Assert.Equal(["MURDER0030"], log.Codes);
        Assert.Contains("Hosts is 'eu' and MurderHosts is 'prod'", log.Texts[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Build", log.Targets);
        Assert.True(service.Build("_MurderCheckHosts", ("Hosts", "eu"), ("MurderHosts", "eu")).Succeeded);
        Assert.Equal(["MURDER0030"], service.Build("_MurderCheckHosts", ("Hosts", ""), ("MurderHosts", "prod")).Log.Codes);
    }

    /// <summary>A publish profile for one fleet in a project for another: nothing says which of them is meant.</summary>
    [Fact]
    public void Hosts_that_stand_in_the_project_twice_and_differ_are_refused_until_the_command_line_says_which()
    {
        using ServiceProject service = new("<PropertyGroup><Hosts>eu</Hosts><MurderHosts>prod</MurderHosts></PropertyGroup>");

        Assert.Equal(["MURDER0030"], service.Build("MurderDeploy").Log.Codes);
        Assert.True(service.Build("_MurderCheckHosts", ("Hosts", "eu")).Succeeded);
    }

    [Theory]
    [InlineData("MurderKeepReleases", "many", "MURDER0010")]
    [InlineData("MurderConnectionsMax", "0", "MURDER0010")]
    [InlineData("MurderPort", "70000", "MURDER0010")]
    [InlineData("MurderBreakLock", "perhaps", "MURDER0010")]
    [InlineData("MurderDashboard", "perhaps", "MURDER0010")]
    [InlineData("MurderVerify", "perhaps", "MURDER0010")]
    [InlineData("MurderMaxFailedHosts", "some", "MURDER0010")]
    [InlineData("MurderHealthTimeout", "2 hours", "MURDER0010")]
    [InlineData("MurderSwarmSecurity", "ssl", "MURDER0011")]
    [InlineData("MurderReach", "far", "MURDER0025")]
    [InlineData("MurderApplication", "a/b", "MURDER0012")]
    [InlineData("MurderRelease", "../x", "MURDER0013")]
    [InlineData("MurderRateLimit", "fast", "MURDER0016")]
    [InlineData("MurderWaves", "25%;all", "MURDER0017")]
    [InlineData("MurderOnFailure", "ignore", "MURDER0018")]
    [InlineData("MurderHealthUrl", "localhost", "MURDER0019")]
    [InlineData("MurderService", "-web", "MURDER0020")]
    [InlineData("MurderProgress", "foo", "MURDER0029")]
    [InlineData("MurderHosts", "nowhere", "MURDER0102")]
    [InlineData("MurderInventory", "missing.ini", "MURDER0104")]
    [InlineData("MurderRoot", "relative", "MURDER0110")]
    [InlineData("MurderKnownHosts", "missing", "MURDER0320")]
    [InlineData("MurderIdentityFile", "missing", "MURDER0322")]
    [InlineData("MurderPassphraseFile", "missing", "MURDER0328")]
    [InlineData("MurderInventoryCommand", "exit 3", "MURDER0119")]
    [InlineData("MurderSudo", "perhaps", "MURDER0010")]
    [InlineData("MurderSshConfig", "missing", "MURDER0324")]
    [InlineData("MurderSshEngine", "putty", "MURDER0326")]
    [InlineData("MurderTransport", "kubectl exec -i web -- sh", "MURDER0023")]
    public void A_wrong_value_is_named_with_its_property_before_anything_is_built(string property, string value, string code)
    {
        using ServiceProject service = new("<PropertyGroup><Hosts>prod</Hosts></PropertyGroup>");

        (_, ServiceProject.RecordingLogger log, _) = service.Build("MurderDeploy", (property, value));

        Assert.Equal(code, log.Codes[0]); // without the inventory its group is unknown, too
        Assert.Contains(value, log.Texts[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Build", log.Targets);
    }

    /// <summary>Whoever types a root to try something must not deploy to where production is.</summary>
    [Fact]
    public void A_root_that_is_typed_is_not_overridden_in_silence()
    {
        using ServiceProject service = new();
        service.Write("murder.hosts.ini", "[prod]\nweb1 murder_root=/srv/shop\n");

        (_, ServiceProject.RecordingLogger typed, _) = service.Build("MurderStage", ("Hosts", "prod"), ("MurderRoot", "/srv/test"), Requested);

        Assert.Equal(["MURDER0120"], typed.Codes);
        Assert.DoesNotContain("Build", typed.Targets);
    }

    /// <summary>Each with the names that are close to it.</summary>
    [Theory]
    [InlineData("MurderWave", "Did you mean MurderWaves?")]
    [InlineData("murderwave", "Did you mean MurderWaves?")]
    [InlineData("MurderHost", "Did you mean MurderHosts?")]
    [InlineData("MurderHealtUrl", "Did you mean MurderHealthUrl?")]
    [InlineData("MurderColour", "README.md lists")]
    public void A_property_that_nobody_reads_is_refused_with_the_one_that_was_meant(string property, string remedy)
    {
        using ServiceProject service = new();

        (_, ServiceProject.RecordingLogger log, _) = service.Build("MurderDeploy", ("Hosts", "prod"), (property, "x"));

        Assert.Equal(["MURDER0031"], log.Codes);
        Assert.StartsWith(property, log.Texts[0], StringComparison.Ordinal);
        Assert.Contains(remedy, log.Texts[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Build", log.Targets);
    }

    [Theory]
    [InlineData("MurderStage")]
    [InlineData("MurderActivate")]
    [InlineData("MurderRollback")]
    [InlineData("MurderStatus")]
    [InlineData("MurderPrune")]
    [InlineData("MurderPlan")]
    [InlineData("MurderTorrent")]
    public void No_verb_takes_a_property_that_nobody_reads(string target)
    {
        using ServiceProject service = new();

        (_, ServiceProject.RecordingLogger log, _) = service.Build(target, ("Hosts", "prod"), ("MurderWave", "1"), ("MurderColour", "tunnel"));

        Assert.Equal(["MURDER0031", "MURDER0031"], log.Codes);
        Assert.DoesNotContain("Build", log.Targets);
    }

    /// <summary>A property that a project made for itself may have our prefix; so what a project sets is only warned of.</summary>
    [Fact]
    public void A_property_of_the_project_that_nobody_reads_is_warned_of_with_the_one_that_was_meant()
    {
        using ServiceProject service = new("<PropertyGroup><MurderWave>1;100%</MurderWave><MurderWaves>1;100%</MurderWaves><!-- <MurderPorts /> --></PropertyGroup><ItemGroup><MurderHost Include=\"a\" /></ItemGroup>");

        (_, ServiceProject.RecordingLogger log, bool succeeded) = service.Build("_MurderCheckProperties", ("Hosts", "prod"));

        Assert.True(succeeded);
        Assert.Equal(["MURDER1031"], log.Codes);
        Assert.Contains("MurderWave is set in", log.Texts[0], StringComparison.Ordinal);
        Assert.Contains("Did you mean MurderWaves?", log.Texts[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_of_others_are_left_alone()
    {
        using ServiceProject service = new();

        Assert.Empty(service.Build("_MurderCheckProperties", ("Hosts", "prod"), ("ContinuousIntegrationBuild", "true"), ("MURDERPORT", "7000"), ("_MurderIsDeployRequested", "true")).Log.Codes);
    }

    /// <summary>One list says what may be typed; the README's table and what the targets read are held against it.</summary>
    [Fact]
    public void The_properties_that_may_be_typed_are_those_that_are_read_and_those_of_the_README()
    {
        string[] known = [.. XDocument.Load(Repository.Combine("build", "Murder.Build.targets")).Descendants("_MurderProperty").SelectMany(item => item.Attribute("Include")!.Value.Split(';'))];
        string[] outputs = [.. XDocument.Load(Repository.Combine("build", "Murder.Build.targets")).Descendants("Output").Select(output => output.Attribute("PropertyName")?.Value).OfType<string>()];
        string sources = string.Concat(Directory.GetFiles(Repository.Combine("build"), "Murder.Build.*").Select(File.ReadAllText));

        Assert.Equal(ReadmeTests.Properties().Concat(["MurderDeployDependsOn", "MurderTasksAssembly", "MurderAgentDirectory"]).Order(), known.Order());
        Assert.Equal(PropertyRead().Matches(sources).Select(match => match.Groups["name"].Value).Distinct().Except(outputs).Order(), known.Order());
    }

    [GeneratedRegex(@"\$\((?<name>Murder[A-Za-z]+)")]
    private static partial Regex PropertyRead();
}
