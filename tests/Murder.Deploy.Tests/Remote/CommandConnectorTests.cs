using Murder.PeerHost.Contract;

namespace Murder.Deploy.Tests;

/// <summary>Whatever gives a shell's stdin and stdout carries an agent.</summary>
public sealed class CommandConnectorTests
{
    [Fact]
    public async Task A_command_that_gives_a_shell_is_all_that_a_host_takes()
    {
        using SshFixture fixture = new();
        ShellAgentLauncher launcher = Launcher(fixture, "env POD={host} USER={user} sh");

        await using AgentChannel channel = await launcher.LaunchAsync(fixture.Host, CancellationToken.None);

        Assert.Equal("0.0-stub", channel.Hello.Version);
        Assert.Equal(fixture.AgentFile, (await SshFixture.WhereAsync(channel)).File);
    }

    [Theory]
    [InlineData("echo no pod {host} >&2; exit 1", "no pod web1")]
    [InlineData("no-such-command {host}", "no-such-command")]
    public async Task What_the_command_says_when_it_fails_is_told(string command, string words)
    {
        using SshFixture fixture = new();
        fixture.Host = fixture.Host with { Address = "web1" };

        HostException e = await Assert.ThrowsAsync<HostException>(() => Launcher(fixture, command).LaunchAsync(fixture.Host, CancellationToken.None));

        Assert.Equal("MURDER0315", HostProblems.CodeOf(e.Failure));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_has_to_say_where_the_host_goes()
    {
        DeploymentSettings settings = SshConnectorTests.Settings() with { Transport = "kubectl exec -i web -- sh" };

        Assert.Equal(["MURDER0023"], AgentLauncher.Check(settings, []).Select(problem => problem.Code));
    }

    private static ShellAgentLauncher Launcher(SshFixture fixture, string template) =>
        new(new CommandConnector(CommandTemplate.Of(template)!, TimeProvider.System), [fixture.Package], "agents", TimeProvider.System);
}
