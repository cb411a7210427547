using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A status that verifies finds what was changed on a host behind the deploy's back, and the next deploy mends it.</summary>
public sealed class DriftTests
{
    [Fact]
    public async Task AFileThatWasChangedOnOneHostIsNamedUntilItIsDeployedAnew()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Release = "1.0.0-x" };
        Assert.True((await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None)).Succeeded);
        Assert.All(await StatusAsync(deploy, verify: "true"), host => Assert.Equal((0, 0), (host.Verification!.DifferenceCount, host.Faults.Count)));
        string changed = Path.Combine(deploy.LocalRoot(2), "current", "runtimes/linux-x64/native/libbig.so.1");
        byte[] content = File.ReadAllBytes(changed);
        content[^1] ^= 1;
        File.WriteAllBytes(changed, content);
        File.WriteAllText(Path.Combine(deploy.LocalRoot(2), "current", "app.log"), "written by the service");
        IReadOnlyList<string> before = TreeSnapshot.Of(deploy.LocalRoot(2));

        IReadOnlyList<HostStatus> hosts = await StatusAsync(deploy, verify: "true");

        Assert.Equal(before, TreeSnapshot.Of(deploy.LocalRoot(2)));
        Problem drift = Assert.Single(hosts.SelectMany(host => host.Faults));
        Assert.Equal("MURDER0701", drift.Code);
        Assert.StartsWith("local02 runs 1.0.0-x, which is no longer what was deployed (2 differences): app.log is not part of the release; runtimes/linux-x64/native/libbig.so.1 has another content", drift.Text, StringComparison.Ordinal);
        Assert.All(await StatusAsync(deploy, verify: ""), host => Assert.Null(host.Verification));

        deploy.Settings = deploy.Settings with { Release = "1.0.1-x" }; // as the remedy says
        DeploymentReport report = await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);

        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
        Assert.True(report.Hosts[1].DownloadedBytes > 0, "the other hosts copy all, this one fetches what was changed");
        Assert.All(await StatusAsync(deploy, verify: "true"), host => Assert.Equal((0, 0), (host.Verification!.DifferenceCount, host.Faults.Count)));
    }

    [Fact]
    public async Task AReleaseWhoseDescriptionIsGoneIsNotSaidToBeWhole()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Hosts = "local:1" };
        Assert.True((await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None)).Succeeded);
        Directory.Delete(Path.Combine(deploy.LocalRoot(1), ".murder", "metainfo"), recursive: true);

        Assert.Equal("MURDER0702", Assert.Single(await StatusAsync(deploy, verify: "true")).Faults.Single().Code);
    }

    private static Task<IReadOnlyList<HostStatus>> StatusAsync(DeployFixture deploy, string verify) =>
        Deployment.StatusAsync(deploy.Settings with { Verify = verify }, deploy, CancellationToken.None);
}
