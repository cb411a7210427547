using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Which agent becomes the seeder; scripts stand in for both, and a shell for dotnet.</summary>
public sealed class SeederLauncherTests
{
    [Fact]
    public async Task TheStaticAgentOfThePackageIsTaken()
    {
        using DeployFixture deploy = new();
        using TestDirectory agents = Agents(StubAgent.Script(extra: "# static"));

        await using AgentChannel agent = await Launcher(agents, deploy).LaunchAsync(CancellationToken.None);

        Assert.Contains("/murder-peer-", ProcessTree.CommandLineOf(agent.Hello.ProcessId), StringComparison.Ordinal);
        Assert.Equal(agent.Hello.ProcessId, ProcessTree.SessionOf(agent.Hello.ProcessId)); // no Ctrl-C reaches it before us
        Assert.Empty(deploy.Log);
    }

    [Theory]
    [InlineData("echo cannot run here >&2; exit 126")]
    [InlineData("kill -9 $$")]
    public async Task WhereItCannotRunTheOneForAnyPlatformIs(string instead)
    {
        using DeployFixture deploy = new();
        using TestDirectory agents = Agents("#!/bin/sh\n" + instead + "\n");

        await using AgentChannel agent = await Launcher(agents, deploy).LaunchAsync(CancellationToken.None);

        Assert.Contains("any/murder-peer.dll", ProcessTree.CommandLineOf(agent.Hello.ProcessId), StringComparison.Ordinal);
        Assert.Contains("no static agent can seed here", Assert.Single(deploy.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADamagedPackageIsNoReasonNotToDeploy()
    {
        using DeployFixture deploy = new();
        using TestDirectory agents = Agents(StubAgent.Script());
        agents.Write("linux-x64/murder-peer.gz", "not gzip"u8);

        await using AgentChannel agent = await Launcher(agents, deploy).LaunchAsync(CancellationToken.None);

        Assert.Contains("any/murder-peer.dll", ProcessTree.CommandLineOf(agent.Hello.ProcessId), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALaunchThatNobodyWantsAnyMoreLeavesNoProcess()
    {
        using DeployFixture deploy = new();
        using TestDirectory agents = Agents(agent: null);
        SeederLaunch ready = SeederLaunch.Begin(Launcher(agents, deploy), CancellationToken.None);
        int process = (await ready.Agent).Hello.ProcessId;

        await ready.DisposeAsync();

        Assert.False(ProcessTree.IsRunning(process));
    }

    [Fact]
    public async Task ALaunchThatHangsIsCancelled()
    {
        using DeployFixture deploy = new();
        using TestDirectory agents = Agents(agent: null, any: "echo $$ >started\nexec sleep 3600\n");
        using CancellationTokenSource cancel = new();
        await using SeederLaunch hanging = SeederLaunch.Begin(Launcher(agents, deploy), cancel.Token);
        string started = agents.Combine("any", "started");
        await Eventually.TrueAsync(() => File.Exists(started) && File.ReadAllText(started).EndsWith('\n'));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging.Agent);
        int process = int.Parse(File.ReadAllText(started));
        await Eventually.TrueAsync(() => !ProcessTree.IsRunning(process));
    }

    private static SeederLauncher Launcher(TestDirectory agents, DeployFixture deploy) => new(agents.Path, deploy, TimeProvider.System, "/bin/sh");

    private static TestDirectory Agents(string? agent, string? any = null)
    {
        TestDirectory agents = new();
        agents.Write("any/murder-peer.dll", Encoding.UTF8.GetBytes(any ?? StubAgent.Script()));
        if (agent is not null)
        {
            PackedAgent.Write(agents.Combine("linux-x64"), Encoding.UTF8.GetBytes(agent));
        }

        return agents;
    }
}
