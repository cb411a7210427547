using System.Text.Json;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Deploys to hosts behind packet filters, which drop without a word: of the deployer they let nothing in but SSH, and nothing out to it.</summary>
public sealed class FirewallTests : IDisposable
{
    private static readonly string[] s_names = ["web1", "web2", "web3"];

    private readonly CutNetwork _network = new(s_names);
    private readonly LoopbackSshd[] _sshds;

    public FirewallTests() => _sshds =
        [.. s_names.Select(name => LoopbackSshd.Start(new LoopbackSshdOptions { Namespace = _network.NamespaceOf(name), Address = _network.AddressOf(name) }))];

    public void Dispose()
    {
        Array.ForEach(_sshds, sshd => sshd.Dispose());
        _network.Dispose();
    }

    [CutNetworkFact]
    public async Task HostsThatReachOnlyEachOtherGetTheReleaseOverSsh()
    {
        (string output, JsonElement report) = await DeployAsync(areApart: false);

        Assert.True(report.GetProperty("outcome").GetString() == "Succeeded", output);
        Assert.All(report.GetProperty("hosts").EnumerateArray(), host => Assert.Contains(host.GetProperty("way").GetString(), new[] { "Tunnel", "Peers" }));
        Assert.Contains("3 of 3 hosts do not reach ports of this machine: the release came to", output, StringComparison.Ordinal);
        Assert.DoesNotContain("MURDER1608", output, StringComparison.Ordinal);
    }

    [CutNetworkFact]
    public async Task HostsThatReachNobodyGetItTooAndAreNamedWithThePortToOpen()
    {
        (string output, JsonElement report) = await DeployAsync(areApart: true);

        Assert.True(report.GetProperty("outcome").GetString() == "Succeeded", output);
        Assert.All(report.GetProperty("hosts").EnumerateArray(), host => Assert.Equal("Tunnel", host.GetProperty("way").GetString()));
        Assert.Contains("MURDER1608", output, StringComparison.Ordinal);
        Assert.Contains("web1, web2, web3 reached no other host on TCP port 6881", output, StringComparison.Ordinal);
    }

    private async Task<(string Output, JsonElement Report)> DeployAsync(bool areApart)
    {
        foreach ((string name, LoopbackSshd sshd) in s_names.Zip(_sshds))
        {
            _network.Filter(name, sshd.Port, fromOthers: areApart);
        }

        using NetworkDeploy deploy = new(_network, s_names, _sshds, nameof(SshEngine.SshNet)) { RateLimit = "3M", MaxFailedHosts = "0" };
        deploy.Start();
        string output = await deploy.EndAsync();
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(deploy.Report));
        return (output, report.RootElement.Clone());
    }
}
