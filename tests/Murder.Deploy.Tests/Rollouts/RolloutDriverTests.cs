using System.Text;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A driver with child processes as hosts: a shell stands in for dotnet and a script for the agent.</summary>
public sealed class RolloutDriverTests
{
    private static readonly DeploymentPlan s_plan = TestPlan.For(new TargetHost("local01") { Address = "127.0.0.1", Root = "/srv/web", IsLocal = true }) with
    {
        Port = 0,
        SwarmSecurity = SwarmSecurity.None,
    };

    /// <summary>The agent would answer pings and wait for its order for ever.</summary>
    [Fact]
    public async Task ACommandThatCannotBeSentFailsItsHostAndTheRolloutEnds()
    {
        HostProgress host = await RunAsync(Fetch(new byte[AgentProtocol.MetainfoBytesMax + 1]));

        Assert.Equal(HostFailure.MetainfoRefused, host.Failure);
        Assert.Contains($"{AgentProtocol.MetainfoBytesMax}", host.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABugInACommandFailsItsHostAndTheRolloutEnds()
    {
        HostProgress host = await RunAsync(Fetch([]) with { Release = default });

        Assert.Equal(HostFailure.Bug, host.Failure);
    }

    private static async Task<HostProgress> RunAsync(FetchCommand fetch)
    {
        using TestDirectory agents = new();
        agents.Write("any/murder-peer.dll", Encoding.UTF8.GetBytes(StubAgent.Script()));
        Rollout rollout = new(s_plan);
        RolloutDriver driver = new(s_plan, rollout, new LocalAgentLauncher(agents.Path, TimeProvider.System, dotnet: "/bin/sh"), new Access(fetch), _ => { }, TimeProvider.System, TimeProvider.System.GetTimestamp());
        await driver.RunAsync(CancellationToken.None);
        return rollout.Hosts[0];
    }

    private static FetchCommand Fetch(byte[] metainfo) =>
        new() { Root = "/srv/web", Release = s_plan.Release, Metainfo = metainfo, AnnounceUrls = [], Port = 0, Seed = 1 };

    private sealed class Access(FetchCommand fetch) : ISwarmAccess
    {
        public Task PrepareAsync(int host, AgentChannel agent, CancellationToken cancellationToken) => Task.CompletedTask;

        public FetchCommand MakeFetch(int host, AgentHello hello) => fetch;

        public string Explain(int host, AgentFailed failed) => failed.Detail;

        public AnnouncedCommand Answer(int host, AgentHello hello, AgentAnnounce announce) => throw new NotSupportedException();
    }
}
