using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A good deploy after which an old release cannot be removed from one host: that is a warning, and no more.</summary>
public sealed class PruneFailureTests
{
    [Fact]
    public async Task WhatCannotBeRemovedIsAWarningThatNamesItAndTheNextDeployMakesUpForIt()
    {
        using DeployFixture deploy = new(largeFileBytes: 200_000);
        deploy.Settings = deploy.Settings with { KeepReleases = "0" };
        await DeployAsync(deploy, "1.0.0-a");
        await DeployAsync(deploy, "1.0.0-b");
        string busy = Path.Combine(deploy.LocalRoot(2), "releases", "1.0.0-a", "wwwroot");
        Command.Run("mount", "-t", "tmpfs", "tmpfs", busy); // not even root removes a folder that something is mounted on
        string removed = Path.Combine(deploy.LocalRoot(2), "releases", ".removed-1.0.0-a");
        try
        {
            await DeployAsync(deploy, "1.0.0-c");

            Problem problem = Assert.Single(deploy.Problems);
            Assert.Equal("MURDER1606", problem.Code);
            Assert.True(problem.IsWarning);
            Assert.Contains("local02", problem.Text, StringComparison.Ordinal);
            Assert.Contains(removed, problem.Text, StringComparison.Ordinal);
            Assert.Contains("MurderPrune", problem.Remedy, StringComparison.Ordinal);
            Assert.Equal(["1.0.0-b", "1.0.0-c"], Releases(deploy, 1));
            Assert.Equal([".removed-1.0.0-a", "1.0.0-b", "1.0.0-c"], Releases(deploy, 2));
            Assert.Contains("removed 1.0.0-a", File.ReadLines(Path.Combine(deploy.LocalRoot(2), ".murder", "audit.jsonl")).Last(), StringComparison.Ordinal);
        }
        finally
        {
            Command.Run("umount", Path.Combine(Directory.Exists(removed) ? removed : Path.GetDirectoryName(busy)!, "wwwroot"));
        }

        await DeployAsync(deploy, "1.0.0-d");

        Assert.Single(deploy.Problems);
        Assert.Equal(["1.0.0-c", "1.0.0-d"], Releases(deploy, 2));
    }

    private static async Task DeployAsync(DeployFixture deploy, string release) =>
        Assert.True((await Deployment.DeployAsync(deploy.Settings with { Release = release }, activate: true, deploy, CancellationToken.None)).Succeeded, string.Join('\n', deploy.Log));

    private static IEnumerable<string> Releases(DeployFixture deploy, int number) =>
        new DirectoryInfo(Path.Combine(deploy.LocalRoot(number), "releases")).EnumerateDirectories().Select(folder => folder.Name).Order(StringComparer.Ordinal);
}
