using System.Net.Sockets;
using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Hosts that are there and do not get far, and those that let few in at once.</summary>
public sealed class SilentHostTests
{
    public static TheoryData<string> Engines => [.. MatrixRow.Engines];

    /// <summary>Nothing; a greeting; a greeting and half a packet.</summary>
    public static TheoryData<string, string> Greetings => MatrixRow.WithEngines("", "SSH-2.0-silence\r\n", "SSH-2.0-silence\r\n\0\0\u0004");

    [Theory]
    [MemberData(nameof(Greetings))]
    public async Task A_host_that_accepts_and_says_no_more_is_left_at_the_deadline(string engine, string greeting)
    {
        using ScriptedServer server = new(async (stream, _) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(greeting));
            await stream.CopyToAsync(Stream.Null);
        });
        using MatrixRow row = new(engine);
        row["Port"] = $"{server.Port}";
        row.Options = row.Options with { ConnectMax = TimeSpan.FromSeconds(2) };

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0301", problem.Code);
        Assert.Contains($"127.0.0.1:{server.Port}", problem.Text, StringComparison.Ordinal);
        Assert.Contains($"{server.Port}", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_no_sshd_is_told(string engine)
    {
        using ScriptedServer server = new(async (stream, _) => await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()));
        using MatrixRow row = new(engine);
        row["Port"] = $"{server.Port}";
        row.Options = row.Options with { AttemptsMax = 2 };

        Assert.Equal("MURDER0301", (await row.FailsAsync()).Code);
        Assert.Equal(2, server.Connections);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_host_that_dies_after_the_login_is_told(string engine)
    {
        using MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = ["ForceCommand kill -9 $PPID"] });

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0301", problem.Code);
        Assert.Contains($"{row.Sshd.Port}", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task One_session_is_all_it_takes(string engine)
    {
        using MatrixRow row = new(engine, new LoopbackSshdOptions { ConfigLines = ["MaxSessions 1"] });

        await row.AnswersAsync();
    }

    /// <summary>The system's ssh says nothing of it.</summary>
    [Fact]
    public async Task A_host_that_allows_no_session_is_told()
    {
        using MatrixRow row = new(nameof(SshEngine.SshNet), new LoopbackSshdOptions { ConfigLines = ["MaxSessions 0"] });

        Problem problem = await row.FailsAsync();

        Assert.Equal("MURDER0306", problem.Code);
    }

    /// <summary>As many at once as a deploy takes by itself, through an sshd as it is shipped: it drops a third of those above ten, and all above a hundred.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Sixty_four_logins_at_once_get_through_the_defaults_of_sshd(string engine)
    {
        using SshFixture ssh = new();
        ssh.Options = ssh.Options with { Engine = Enum.Parse<SshEngine>(engine), ConnectMax = TimeSpan.FromSeconds(60) };
        ShellAgentLauncher launcher = ssh.Launcher();
        await (await ssh.LaunchAsync()).DisposeAsync(); // the agent is there already

        AgentChannel[] channels = await Task.WhenAll(Enumerable.Range(1, 64).Select(number => launcher.LaunchAsync(ssh.Host with { Name = $"web{number}" }, CancellationToken.None)));

        await Task.WhenAll(channels.Select(async channel =>
        {
            Assert.Equal(ssh.AgentFile, (await SshFixture.WhereAsync(channel)).File);
            await channel.DisposeAsync();
        }));
        Assert.Contains("MaxStartups", ssh.Sshd.Log, StringComparison.Ordinal);
    }
}
