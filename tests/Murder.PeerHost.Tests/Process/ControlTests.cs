using System.Security.Cryptography;
using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests;

public sealed class ControlTests
{
    [Fact]
    public async Task HelloComesFirstAndSaysWhoAndWhere()
    {
        using AgentProcess agent = await AgentProcess.StartAsync("192.0.2.7 50022 198.51.100.4 22");

        Assert.Equal(AgentProtocol.Version, agent.Hello.Protocol);
        Assert.Equal("192.0.2.7", agent.Hello.DeployerAddress);
        Assert.Equal("198.51.100.4", agent.Hello.HostAddress);
        Assert.Equal(AgentProcess.NativePath is { } path ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) : "", agent.Hello.Sha256);
        Assert.NotEqual("", agent.Hello.Version);
        Assert.StartsWith("linux-", agent.Hello.Rid, StringComparison.Ordinal);
        Assert.True(agent.Hello.Cores > 0);
    }

    [Fact]
    public async Task WithoutSshThereAreNoAddresses()
    {
        using AgentProcess agent = await AgentProcess.StartAsync();

        Assert.Null(agent.Hello.DeployerAddress);
        Assert.Null(agent.Hello.HostAddress);
    }

    [Fact]
    public async Task PingIsAnsweredWithItsNumberAndStopWithAGoodbye()
    {
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(new PingCommand(41));
        await agent.SendAsync(new PingCommand(42));
        Assert.Equal(41, (await agent.ReadAsync<AgentPong>()).Sequence);
        Assert.Equal(42, (await agent.ReadAsync<AgentPong>()).Sequence);

        await agent.SendAsync(new StopCommand());
        await agent.ReadAsync<AgentBye>();
        Assert.Null(await agent.ReadAnyAsync());
        Assert.Equal(0, await agent.ExitedAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello?")]
    [InlineData("{\"type\":\"format\"}")]
    [InlineData("{\"type\":\"activate\",\"release\":\"1-2-3\"}")]
    [InlineData("{\"type\":\"activate\",\"root\":\"/srv/app\",\"release\":\"../../etc\"}")]
    [InlineData("{\"type\":\"status\",\"root\":null}")]
    public async Task AMalformedLineIsRefusedAndTheAgentGoesOn(string line)
    {
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendLineAsync(Encoding.UTF8.GetBytes(line));

        Assert.Equal(HostFailure.ProtocolMismatch, (await agent.ReadAsync<AgentFailed>()).Failure);
        await agent.SendAsync(new PingCommand(1));
        await agent.ReadAsync<AgentPong>();
    }

    [Theory]
    [InlineData("app")]
    [InlineData("./app")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/srv/..")]
    public async Task ARootThatIsNotAbsoluteOrIsEverythingIsRefused(string root)
    {
        using AgentProcess agent = await AgentProcess.StartAsync();

        AgentFailed failed = await agent.ReadFailureAsync(new StatusCommand(root));

        Assert.Equal(HostFailure.RootNotWritable, failed.Failure);
        Assert.Contains($"'{root}'", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFetchThatCannotBeReadTouchesNothing()
    {
        using HostFixture host = new();
        using AgentProcess agent = await AgentProcess.StartAsync();
        FetchCommand command = new()
        {
            Root = host.Root,
            Release = HostFixture.Release("1.0.0"),
            Metainfo = "d4:infod4:name1:xee"u8.ToArray(),
            AnnounceUrls = ["http://127.0.0.1:9/announce"],
            Port = 0,
            Seed = 1,
        };

        Assert.Equal(HostFailure.MetainfoRefused, (await agent.ReadFailureAsync(command)).Failure);
        Assert.Equal(HostFailure.ProtocolMismatch, (await agent.ReadFailureAsync(command with { AnnounceUrls = ["http://tracker.example:9/announce"] })).Failure);
        Assert.False(Directory.Exists(host.Root));
    }

    [Fact]
    public async Task ACredentialThatIsNoneOrThatWouldBeUsedInTheOpenTouchesNothing()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync();
        using HostFixture host = new();
        using AgentProcess agent = await AgentProcess.StartAsync();
        FetchCommand command = seeded.Fetch(host, seeded.Release("1.0.0"));

        AgentFailed broken = await agent.ReadFailureAsync(command with { Credential = command.Credential! with { PrivateKey = [1, 2, 3] } });
        AgentFailed inTheOpen = await agent.ReadFailureAsync(command with { AnnounceUrls = ["http://127.0.0.1:9/announce"] });

        Assert.Equal((HostFailure.ProtocolMismatch, HostFailure.ProtocolMismatch), (broken.Failure, inTheOpen.Failure));
        Assert.False(Directory.Exists(host.Root));
    }

    [Fact]
    public async Task EndOfStdinEndsTheAgentWithCode3()
    {
        using AgentProcess agent = await AgentProcess.StartAsync();

        agent.CloseInput();

        Assert.Equal(3, await agent.ExitedAsync());
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("INT")]
    public async Task ASignalEndsTheAgentLikeTheEndOfStdin(string signal)
    {
        using AgentProcess agent = await AgentProcess.StartAsync();

        agent.Signal(signal);

        Assert.Equal(3, await agent.ExitedAsync());
    }

    [Fact]
    public async Task AnAgentThatNobodyListensToEnds()
    {
        using AgentProcess agent = await AgentProcess.StartAsync();

        agent.CloseOutput();
        await agent.SendAsync(new PingCommand(1));

        Assert.Equal(3, await agent.ExitedAsync());
    }

    [Fact]
    public async Task AnAgentWhosePipeIsFullStillHearsASignal()
    {
        using AgentProcess agent = await AgentProcess.StartAsync();
        for (int ping = 0; ping < 3000; ping++)
        {
            await agent.SendAsync(new PingCommand(ping)); // some 90 kB of pongs, of which the pipe holds 64
        }

        agent.Signal("TERM");

        Assert.Equal(3, await agent.ExitedAsync());
    }

    [Fact]
    public async Task VersionSaysVersionProtocolAndPlatform()
    {
        (int exitCode, string output, _) = await AgentProcess.RunAsync("--version");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^murder-peer \S+, protocol \d+, linux-\S+\n$", output);
    }

    [Fact]
    public async Task AnythingElseIsAnsweredWithUsage()
    {
        (int exitCode, string output, string errors) = await AgentProcess.RunAsync("fetch", "everything");

        Assert.Equal(2, exitCode);
        Assert.Equal("", output);
        Assert.StartsWith("usage: murder-peer", errors, StringComparison.Ordinal);
    }
}
