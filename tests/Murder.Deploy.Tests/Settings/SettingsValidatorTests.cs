namespace Murder.Deploy.Tests;

public sealed class SettingsValidatorTests
{
    [Fact]
    public void DefaultsAreThoseOfTheReadme()
    {
        DeploymentOptions options = Validate(Settings(), out List<Problem> problems);

        Assert.Empty(problems);
        Assert.Equal(64, options.ConnectionsMax);
        Assert.Equal(6881, options.Port);
        Assert.Equal(0, options.MaxFailedHosts.RoundedDown(1000));
        Assert.Equal(SwarmSecurity.Tls, options.SwarmSecurity);
        Assert.Null(options.RateLimit);
    }

    [Fact]
    public void AllProblemsAreToldAtOnce()
    {
        DeploymentSettings wrong = Settings() with
        {
            Application = "../web",
            Version = "one",
            Port = "70000",
            ConnectionsMax = "0",
            MaxFailedHosts = "some",
            SwarmSecurity = "ssl",
            RateLimit = "fast",
            Release = "a/b",
        };

        Validate(wrong, out List<Problem> problems);

        Assert.Equal(
            ["MURDER0012", "MURDER0015", "MURDER0011", "MURDER0016", "MURDER0013", "MURDER0010", "MURDER0010", "MURDER0010"],
            problems.Select(problem => problem.Code));
    }

    [Theory]
    [InlineData("tls", SwarmSecurity.Tls)]
    [InlineData("none", SwarmSecurity.None)]
    public void TheSwarmIsAsSecureAsItWasAskedToBe(string written, SwarmSecurity meant)
    {
        DeploymentOptions options = Validate(Settings() with { SwarmSecurity = written }, out List<Problem> problems);

        Assert.Empty(problems);
        Assert.Equal(meant, options.SwarmSecurity);
    }

    [Theory]
    [InlineData("12.5M", 12_500_000L)]
    [InlineData("none", null)]
    public void TheRateLimitIsWhatWasWritten(string written, long? bytesPerSecond)
    {
        DeploymentOptions options = Validate(Settings() with { RateLimit = written }, out List<Problem> problems);

        Assert.Empty(problems);
        Assert.Equal(bytesPerSecond, options.RateLimit?.BytesPerSecond);
    }

    [Fact]
    public void AnActivationNeedsToKnowWhatToActivate()
    {
        List<Problem> problems = [];
        SettingsValidator.Validate(Settings(), RolloutGoal.Active, problems);

        Assert.Equal("MURDER0014", Assert.Single(problems).Code);
    }

    [Fact]
    public void WhatReleasesShareStaysInThem()
    {
        DeploymentOptions options = Validate(Settings() with { Shared = "a.json; logs/ ;;/etc/passwd;../other/;logs/today" }, out List<Problem> problems);

        Assert.Equal(["MURDER0022", "MURDER0022", "MURDER0022"], problems.Select(problem => problem.Code));
        Assert.Equal("a.json;logs/", options.Shared.ToString());
    }

    [Theory]
    [InlineData("3", 100, 3)]
    [InlineData("0", 100, 0)]
    [InlineData("10%", 48, 4)]
    [InlineData("100%", 7, 7)]
    public void AHostShareIsANumberOrAShareRoundedDown(string text, int hosts, int expected)
    {
        Assert.True(HostShare.TryParse(text, out HostShare budget));
        Assert.Equal(expected, budget.RoundedDown(hosts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("3 hosts")]
    public void AHostShareIsNothingElse(string text) => Assert.False(HostShare.TryParse(text, out _));

    private static DeploymentOptions Validate(DeploymentSettings settings, out List<Problem> problems)
    {
        problems = [];
        return SettingsValidator.Validate(settings, RolloutGoal.StagedAndActive, problems);
    }

    private static DeploymentSettings Settings() => new()
    {
        ProjectDirectory = "/p",
        Application = "web",
        Version = "1.0.0",
        PublishDirectory = "/p/publish",
        Hosts = "local",
        AgentDirectory = "/a",
        StateDirectory = "/l",
        ReportDirectory = "/r",
    };
}
