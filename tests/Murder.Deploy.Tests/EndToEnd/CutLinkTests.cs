using System.Diagnostics;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>
/// A link that is cut in the middle of a deploy, so that neither side is told: not by the network, which answers nothing, nor by sshd, which never asks. The
/// deployer goes on without the host, and the agent there gives up what it was doing.
/// </summary>
public sealed class CutLinkTests : IDisposable
{
    /// <summary>In the environment of every process on the host that is cut off.</summary>
    private const string Mark = "MURDER_TEST_CUT";

    private static readonly string[] s_names = ["web1", "web2"];

    private static readonly TimeSpan s_lostMax = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan s_leftMax = TimeSpan.FromSeconds(65);

    private readonly List<IDisposable> _parts = [];

    public void Dispose()
    {
        _parts.Reverse();
        _parts.ForEach(part => part.Dispose());
    }

    /// <summary>By either engine: one while the release is fetched, one while a command of it runs.</summary>
    [CutNetworkFact]
    public async Task BothEndsAreGoneWithinTheTimesOfTheProtocol()
    {
        CutNetwork network = Own(new CutNetwork(s_names));
        TestDirectory mark = Own(new TestDirectory());
        LoopbackSshd[] sshds = [.. s_names.Select(name => Own(LoopbackSshd.Start(new LoopbackSshdOptions
        {
            Namespace = network.NamespaceOf(name),
            Address = network.AddressOf(name),
            ConfigLines = name == "web1" ? [$"SetEnv {Mark}={mark.Path}"] : [],
        })))];
        NetworkDeploy fetching = Own(new NetworkDeploy(network, s_names, sshds, nameof(SshEngine.SshNet)) { RateLimit = "200k" });
        NetworkDeploy activating = Own(new NetworkDeploy(network, s_names, sshds, nameof(SshEngine.OpenSsh)) { AfterActivate = "while [ -e \"$MURDER_ROOT/hold\" ]; do sleep 0.1; done" });
        activating.Hold();
        fetching.Start();
        activating.Start();
        await Task.WhenAll(fetching.HasFetchedSome(), activating.Tells("web1: switched"), activating.Tells("web2: switched"));

        network.Cut("web1");
        Stopwatch since = Stopwatch.StartNew();

        await Task.WhenAll(LostAsync(fetching), LostAsync(activating), LeftAsync());
        Assert.All([fetching, activating], deploy => Assert.NotNull(Command.TryRun("flock", "--nonblock", new ReleaseLayout(deploy.RootOf("web1")).Lock, "true")));
        Assert.All([fetching, activating], deploy => Assert.All(Directory.GetFiles(Path.Combine(deploy.RootOf("web1"), ".murder", "agents")), file => Assert.Equal(deploy.AgentFile, file)));

        async Task LostAsync(NetworkDeploy deploy)
        {
            await deploy.Tells("web1: AgentLost");
            TimeSpan told = since.Elapsed;
            deploy.Release();
            string output = await deploy.EndAsync();
            Assert.True(told < s_lostMax, $"the host was lost after {told.TotalSeconds:0.0} s:\n{output}");
            Assert.Contains("MURDER0311", await File.ReadAllTextAsync(deploy.Report), StringComparison.Ordinal);
            Assert.Contains("web2: active", output, StringComparison.Ordinal);
        }

        async Task LeftAsync()
        {
            await Eventually.TrueAsync(() => MarkedProcesses.With(Mark, mark.Path).Count == 0, s_leftMax + TimeSpan.FromSeconds(30));
            TimeSpan left = since.Elapsed;
            Assert.True(left < s_leftMax, $"the last process on the host ended after {left.TotalSeconds:0.0} s");
        }
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }
}
