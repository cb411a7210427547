using System.Text;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Child processes as hosts; a shell stands in for dotnet and a script for the agent.</summary>
public sealed class LocalAgentLauncherTests
{
    private static readonly TargetHost s_host = new("local-01") { Address = "127.0.0.1", Root = "/tmp", IsLocal = true };

    [Fact]
    public async Task A_local_host_is_a_child_process_that_ends_with_its_channel()
    {
        using var agents = new TestDirectory();
        AgentChannel channel = await Launcher(agents, StubAgent.Script()).LaunchAsync(s_host, CancellationToken.None);
        int agent = channel.Hello.ProcessId;
        Assert.Contains(agent, ProcessTree.ChildrenOf(Environment.ProcessId));

        await channel.DisposeAsync();

        Assert.False(ProcessTree.IsRunning(agent));
    }

    [Fact]
    public async Task A_child_that_listens_to_nobody_is_killed_with_its_own_children()
    {
        using var agents = new TestDirectory();
        AgentChannel channel = await Launcher(agents, StubAgent.Script(extra: "sleep 3600 & trap '' TERM INT; wait; sleep 3600")).LaunchAsync(s_host, CancellationToken.None);
        int agent = channel.Hello.ProcessId;
        int[] tree = [agent, .. ProcessTree.DescendantsOf(agent)];

        await channel.DisposeAsync();

        for (int tries = 0; tries < 600 && tree.Any(ProcessTree.IsRunning); tries++)
        {
            await Task.Delay(50); // killed, but perhaps not yet gone
        }

        Assert.DoesNotContain(tree, ProcessTree.IsRunning);
    }

    [Fact]
    public async Task A_child_that_is_killed_is_lost()
    {
        using var agents = new TestDirectory();
        await using AgentChannel channel = await Launcher(agents, StubAgent.Script()).LaunchAsync(s_host, CancellationToken.None);

        ProcessTree.Kill(channel.Hello.ProcessId);
        HostException e = await Assert.ThrowsAsync<HostException>(async () => await channel.ReadAsync(CancellationToken.None));

        Assert.Equal(HostFailure.AgentLost, e.Failure);
    }

    /// <summary>As another deploy does that takes the lock from it.</summary>
    [Fact]
    public async Task An_agent_that_is_ended_by_a_signal_is_told_from_one_that_is_lost()
    {
        using var agents = new TestDirectory();
        await using AgentChannel channel = await Launcher(agents, StubAgent.Script(extra: "trap 'echo ended by SIGTERM >&2; exit 3' TERM")).LaunchAsync(s_host, CancellationToken.None);

        Command.Run("kill", "-TERM", $"{channel.Hello.ProcessId}");
        HostException e = await Assert.ThrowsAsync<HostException>(async () => await channel.ReadAsync(CancellationToken.None));

        Assert.Equal(HostFailure.AgentEnded, e.Failure);
        Assert.Contains("ended by SIGTERM", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Ctrl_C_at_the_terminal_does_not_reach_the_child_before_us()
    {
        using var agents = new TestDirectory();
        await using AgentChannel channel = await Launcher(agents, StubAgent.Script()).LaunchAsync(s_host, CancellationToken.None);

        Assert.Equal(channel.Hello.ProcessId, ProcessTree.SessionOf(channel.Hello.ProcessId));
    }

    [Fact]
    public async Task The_child_does_not_inherit_what_MSBuild_left_for_its_own_children()
    {
        using var agents = new TestDirectory();
        Environment.SetEnvironmentVariable("MSBUILD_MURDER_TEST", "x");
        Environment.SetEnvironmentVariable("MURDER_TEST_KEPT", "y");
        try
        {
            await using AgentChannel channel = await Launcher(agents, StubAgent.Script(extra: "env | grep MURDER_TEST >&2; exit 1")).LaunchAsync(s_host, CancellationToken.None);
            HostException e = await Assert.ThrowsAsync<HostException>(async () => await channel.ReadAsync(CancellationToken.None));

            Assert.DoesNotContain("MSBUILD_MURDER_TEST", e.Message, StringComparison.Ordinal);
            Assert.Contains("MURDER_TEST_KEPT=y", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("MSBUILD_MURDER_TEST", null);
            Environment.SetEnvironmentVariable("MURDER_TEST_KEPT", null);
        }
    }

    [Fact]
    public async Task A_package_without_an_agent_says_where_it_looked()
    {
        using var agents = new TestDirectory();

        HostException e = await Assert.ThrowsAsync<HostException>(() => new LocalAgentLauncher(agents.Path, TimeProvider.System).LaunchAsync(s_host, CancellationToken.None));

        Assert.Equal(HostFailure.PlatformUnsupported, e.Failure);
        Assert.Contains(agents.Combine("any", "murder-peer.dll"), e.Message, StringComparison.Ordinal);
    }

    private static LocalAgentLauncher Launcher(TestDirectory agents, string script)
    {
        agents.Write("any/murder-peer.dll", Encoding.UTF8.GetBytes(script));
        return new LocalAgentLauncher(agents.Path, TimeProvider.System, "/bin/sh");
    }
}
