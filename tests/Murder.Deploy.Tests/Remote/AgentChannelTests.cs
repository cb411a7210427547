using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The life and death of a control channel over a real sshd.</summary>
public sealed class AgentChannelTests
{
    [Fact]
    public async Task A_stopped_agent_says_bye()
    {
        using var ssh = new SshFixture();
        await using AgentChannel channel = await ssh.LaunchAsync();

        await channel.SendAsync(new StopCommand(), CancellationToken.None);

        Assert.IsType<AgentBye>(await channel.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_agent_that_dies_is_lost_with_its_exit_code_and_last_words()
    {
        using var ssh = new SshFixture();
        await using AgentChannel channel = await ssh.LaunchAsync();

        await channel.SendAsync(new AbortCommand(), CancellationToken.None);
        HostException e = await Assert.ThrowsAsync<HostException>(async () => await channel.ReadAsync(CancellationToken.None));

        Assert.Equal(HostFailure.AgentLost, e.Failure);
        Assert.Contains("exit code 7", e.Message, StringComparison.Ordinal);
        Assert.Contains("out of luck", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_is_killed_loses_the_agent()
    {
        using var ssh = new SshFixture();
        await using AgentChannel channel = await ssh.LaunchAsync();

        ssh.Sshd.KillSessions();
        HostException read = await Assert.ThrowsAsync<HostException>(async () => await channel.ReadAsync(CancellationToken.None));
        HostException sent = await Assert.ThrowsAsync<HostException>(async () => await channel.SendAsync(new StopCommand(), CancellationToken.None));

        Assert.Equal(HostFailure.AgentLost, read.Failure);
        Assert.Equal(HostFailure.AgentLost, sent.Failure);
    }

    [Fact]
    public async Task An_agent_that_falls_silent_is_lost()
    {
        using var ssh = new SshFixture { Package = StubAgent.Package(StubAgent.Script(extra: $"sleep 3600 <&- >/dev/null 2>&1; # {Guid.NewGuid()}")) };
        var time = new ManualTime();
        var launcher = new ShellAgentLauncher(new SshConnector(ssh.Options, time), [ssh.Package], "agents", time);
        AgentChannel channel = await launcher.LaunchAsync(ssh.Host, CancellationToken.None);
        ValueTask<AgentEvent> reading = channel.ReadAsync(CancellationToken.None);
        Assert.False(reading.IsCompleted);

        time.Advance(AgentProtocol.AgentSilenceMax + TimeSpan.FromSeconds(1));
        HostException e = await Assert.ThrowsAsync<HostException>(async () => await reading);

        Assert.Equal(HostFailure.AgentLost, e.Failure);
        Assert.Contains("said nothing", e.Message, StringComparison.Ordinal);
        Task disposing = channel.DisposeAsync().AsTask();
        while (!disposing.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(50);
        }

        ProcessTree.KillWithDescendants(channel.Hello.ProcessId); // it listens to nobody
    }

    [Fact]
    public async Task Pings_are_sent_by_themselves_and_their_answers_kept()
    {
        using var ssh = new SshFixture();
        var time = new ManualTime();
        AgentChannel channel = await new ShellAgentLauncher(new SshConnector(ssh.Options, time), [ssh.Package], "agents", time).LaunchAsync(ssh.Host, CancellationToken.None);

        for (long ping = 1; ping <= 20; ping++)
        {
            time.Advance(AgentProtocol.PingInterval);
            while (channel.LastPong < ping)
            {
                await Task.Delay(5);
            }
        }

        await channel.SendAsync(new StopCommand(), CancellationToken.None);
        Assert.IsType<AgentBye>(await channel.ReadAsync(CancellationToken.None));
        await channel.DisposeAsync();
    }

    [Fact]
    public async Task Disposing_ends_the_agent()
    {
        using var ssh = new SshFixture();
        AgentChannel channel = await ssh.LaunchAsync();
        int agent = channel.Hello.ProcessId;
        Assert.True(ProcessTree.IsRunning(agent));

        await channel.DisposeAsync();

        Assert.True(await EndsAsync(agent));
        await Assert.ThrowsAsync<HostException>(async () => await channel.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_deployer_that_vanishes_ends_the_agent()
    {
        using var ssh = new SshFixture();
        int port = ssh.Sshd.Port;
        var vanish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var wire = new ScriptedServer(async (stream, _) =>
        {
            using var target = new TcpClient("127.0.0.1", port);
            await Task.WhenAny(stream.CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(stream), vanish.Task);
        });
        ssh.TrustOnly(ssh.Sshd.KnownHostsLine("ed25519", "*"));
        ssh.Host = ssh.Host with { Port = wire.Port };
        await using AgentChannel channel = await ssh.LaunchAsync();

        vanish.SetResult();

        Assert.True(await EndsAsync(channel.Hello.ProcessId));
        Assert.Equal(HostFailure.AgentLost, (await Assert.ThrowsAsync<HostException>(async () => await channel.ReadAsync(CancellationToken.None))).Failure);
    }

    [Fact]
    public async Task A_dead_link_does_not_hold_up_the_end()
    {
        using var ssh = new SshFixture();
        int port = ssh.Sshd.Port;
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var wire = new ScriptedServer(async (stream, _) =>
        {
            using var target = new TcpClient("127.0.0.1", port);
            using var stop = new CancellationTokenSource();
            Task both = Task.WhenAll(stream.CopyToAsync(target.GetStream(), stop.Token), target.GetStream().CopyToAsync(stream, stop.Token));
            await dead.Task;
            await stop.CancelAsync();
            await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(Timeout.Infinite);
        });
        ssh.TrustOnly(ssh.Sshd.KnownHostsLine("ed25519", "*"));
        ssh.Host = ssh.Host with { Port = wire.Port };
        AgentChannel channel = await ssh.LaunchAsync();
        ValueTask<AgentEvent> reading = channel.ReadAsync(CancellationToken.None);
        dead.SetResult();
        var watch = System.Diagnostics.Stopwatch.StartNew();

        await channel.DisposeAsync();

        Assert.Equal(HostFailure.AgentLost, (await Assert.ThrowsAsync<HostException>(async () => await reading)).Failure);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task A_metainfo_of_megabytes_comes_through_whole_while_others_wait()
    {
        using var ssh = new SshFixture { Package = StubAgent.Package(StubAgent.Script(extra: $"read -r line; head -c 12000000 | wc -c >&2; echo '{{\"type\":\"bye\"}}'; exit 0 # {Guid.NewGuid()}")) };
        await using AgentChannel channel = await ssh.LaunchAsync();
        var fetch = new FetchCommand
        {
            Root = "/",
            Release = ReleaseId.Parse("1"),
            Metainfo = new byte[12_000_000],
            AnnounceUrls = [],
            Port = 0,
            Seed = 1,
        };

        await channel.SendAsync(fetch, CancellationToken.None);

        Assert.IsType<AgentBye>(await channel.ReadAsync(CancellationToken.None));
        HostException e = await Assert.ThrowsAsync<HostException>(async () => await channel.ReadAsync(CancellationToken.None));
        Assert.Contains("12000000", e.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> EndsAsync(int process)
    {
        for (int tries = 0; tries < 1200 && ProcessTree.IsRunning(process); tries++)
        {
            await Task.Delay(50);
        }

        return !ProcessTree.IsRunning(process);
    }
}
