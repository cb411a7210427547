using Murder.Testing;

namespace Murder.Build.PackageTests;

/// <summary>The first command of the README, in this clone.</summary>
[Collection(PackageFixture.Name)] // one at a time deploys the sample
public sealed class SampleTests
{
    private const string Sample = "samples/WebAppWithMurder";

    private static readonly string LocalHosts = Repository.Combine(Sample, "obj", "murder", "local");

    private readonly DotnetCli _cli = new("sample");

    [Fact]
    public async Task The_sample_deploys_itself_from_a_clone_and_a_second_run_leaves_the_hosts_alone()
    {
        string publish = Repository.Combine(Sample, "bin", "Release", "net10.0", "publish");
        if (Directory.Exists(LocalHosts))
        {
            Directory.Delete(LocalHosts, recursive: true); // of whoever tried it before
        }

        string[] first = await DeployAsync(publish);
        string[] second = await DeployAsync(publish);

        Assert.Equal(8, first.Length);
        Assert.Single(first.Distinct());
        Assert.Equal(first, second);
        Assert.Contains(TreeSnapshot.Of(publish), line => line == "notes/latest.md -> 1.0.0.md");
        Assert.Contains(TreeSnapshot.Of(publish), line => line.StartsWith("WebAppWithMurder x ", StringComparison.Ordinal));
        Assert.DoesNotContain(TreeSnapshot.Of(publish), line => line.StartsWith("Murder.", StringComparison.Ordinal) || line.StartsWith("murder-peer", StringComparison.Ordinal));
        Assert.DoesNotContain("Murder.Build", await File.ReadAllTextAsync(Path.Combine(publish, "WebAppWithMurder.deps.json")), StringComparison.Ordinal);
    }

    private async Task<string[]> DeployAsync(string publish)
    {
        (await _cli.RunAsync(Repository.Root, "publish", Sample, "-t:MurderDeploy", "-p:Hosts=local")).Succeeded();
        return [.. Enumerable.Range(1, 8).Select(host => HostTree.AssertRuns(Path.Combine(LocalHosts, $"host{host:00}"), publish))];
    }
}
