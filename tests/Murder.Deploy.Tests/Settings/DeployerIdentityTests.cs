namespace Murder.Deploy.Tests;

public sealed class DeployerIdentityTests
{
    [Theory]
    [InlineData("", "ann@laptop")]
    [InlineData("CI_JOB_URL=https://gitlab.example/j/7", "ann@laptop (https://gitlab.example/j/7)")]
    [InlineData("GITHUB_SERVER_URL=https://github.com GITHUB_REPOSITORY=acme/shop GITHUB_RUN_ID=42", "ann@laptop (https://github.com/acme/shop/actions/runs/42)")]
    [InlineData("GITHUB_RUN_ID=42", "ann@laptop")]
    [InlineData("SYSTEM_COLLECTIONURI=https://dev.azure.com/acme/ SYSTEM_TEAMPROJECT=shop BUILD_BUILDID=9", "ann@laptop (https://dev.azure.com/acme/shop/_build/results?buildId=9)")]
    public void APipelineIsNamedByTheAddressOfItsJob(string variables, string expected)
    {
        Dictionary<string, string> environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(expected, DeployerIdentity.Describe("ann", "laptop", name => environment.GetValueOrDefault(name)));
    }
}
