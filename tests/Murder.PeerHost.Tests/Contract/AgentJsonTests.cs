using System.Runtime.CompilerServices;
using System.Text;
using CsCheck;
using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost.Tests.Contract;

public sealed class AgentJsonTests
{
    private static readonly ReleaseId Release = ReleaseId.Parse("1.0.0-20261123T031500Z-5f2a9c1d");

    public static TheoryData<AgentCommand> Commands =>
    [
        new PingCommand(long.MaxValue),
        new ActivateCommand("/srv/app", Release, "ann@laptop"),
        new ActivateCommand("/srv/app", Release) { Steps = new ActivationSteps { BeforeActivate = "./migrate \"x\"\n", AfterActivate = "true", Service = "app.service", HealthUrl = "http://localhost/", HealthTimeoutSeconds = 2.5 } },
        new ActivateCommand("/srv/app", Release: null) { IsRollback = true },
        new LockCommand("/srv/app", Release) { DeployedBy = "ann", BreaksLock = true, Shared = SharedPaths.Parse(["logs/"], []) },
        new StatusCommand("/srv/a \"b\"\n"),
        new StopCommand { KeepReleases = 5 },
        new SurveyCommand { Root = "/srv/app", Release = Release, Port = 6881 },
        new PruneCommand("/srv/app", 5) { DeployedBy = "ann", BreaksLock = true },
        new AbortCommand(),
    ];

    public static TheoryData<AgentEvent> Events =>
    [
        new AgentHello(1, "0.1.0", 7, "", "linux-x64", 2, null, null),
        new AgentHello(1, "0.1.0", 7, "", "linux-x64", 2, "192.0.2.1", "192.0.2.2"),
        new AgentPong(3),
        new AgentProgress(1, 2, 3, 4, 5, 6),
        new AgentProgress(1, 2, 3, 4, 5, 6) { DownloadedBytesAcrossZones = 7 },
        new AgentWorking(AgentWork.Syncing, 7),
        new AgentPeerBanned("192.0.2.1:6881", "lied"),
        new AgentStaged(Release, 1.5, 1, 2, 3, 4),
        new AgentStaged(Release, 1.5, 1, 2, 3, 4) { DownloadedBytesAcrossZones = 5 },
        new AgentSeeding(6881, null),
        new AgentSeeding(40_000, "Address already in use"),
        new AgentUploaded(0, null),
        new AgentUploaded(long.MaxValue, 25),
        new AgentWorking(AgentWork.Activating, 2),
        new AgentLocked(),
        new AgentSwitched(Release, "1.0.0"),
        new AgentSwitched(null, Release.Value),
        new AgentActivated(Release, WasDone: true),
        new AgentActivated(null),
        new AgentFailed(HostFailure.DiskFull, "no room"),
        new AgentNotPruned("busy"),
        new AgentBye(),
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void ACommandIsReadAsItWasWritten(AgentCommand command)
    {
        byte[] line = AgentJson.Write(command);

        Assert.DoesNotContain((byte)'\n', line);
        Assert.Equal(command, AgentJson.ReadCommand(line));
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void AnEventIsReadAsItWasWritten(AgentEvent agentEvent)
    {
        byte[] line = AgentJson.Write(agentEvent);

        Assert.DoesNotContain((byte)'\n', line);
        Assert.Equal(agentEvent, AgentJson.ReadEvent(line));
    }

    /// <summary>One without would be found by the deploy that first needs it.</summary>
    [Fact]
    public void EveryMessageHasAName() => Assert.All(
        typeof(AgentJson).Assembly.GetTypes().Where(type => !type.IsAbstract && (type.IsSubclassOf(typeof(AgentCommand)) || type.IsSubclassOf(typeof(AgentEvent)))),
        type =>
        {
            object empty = RuntimeHelpers.GetUninitializedObject(type);
            Exception? refused = Record.Exception(() => empty is AgentCommand command ? AgentJson.Write(command) : AgentJson.Write((AgentEvent)empty));
            Assert.IsNotType<ArgumentException>(refused); // that it lacks members is right
        });

    [Fact]
    public void AFetchCommandKeepsItsUrlsAndSaysHowLongAMetainfoFollows()
    {
        FetchCommand command = new() { Root = "/srv/app", Release = Release, Metainfo = new byte[] { 0, 10, 255 }, AnnounceUrls = ["http://192.0.2.1/a"], Port = 6881, Seed = ulong.MaxValue, BytesPerSecondMax = 12_500_000, DeployedBy = "ann" };

        FetchCommand? read = AgentJson.ReadCommand(AgentJson.Write(command)) as FetchCommand;

        Assert.NotNull(read);
        Assert.Equal(3, read.MetainfoLength);
        Assert.True(read.Metainfo.IsEmpty);
        Assert.Equal(command.Metainfo, command.Trailer);
        Assert.Equal(command.AnnounceUrls, read.AnnounceUrls);
        Assert.Equal(command with { Metainfo = read.Metainfo, MetainfoLength = 3, AnnounceUrls = read.AnnounceUrls }, read);
    }

    [Fact]
    public void ASeedCommandSaysHowLongAMetainfoFollows()
    {
        SeedCommand command = new() { Directory = "/home/ann/a \"b\"", Metainfo = new byte[] { 10 }, Port = 6881, Seed = 7, BytesPerSecondMax = 12_500_000 };

        SeedCommand? read = AgentJson.ReadCommand(AgentJson.Write(command)) as SeedCommand;

        Assert.NotNull(read);
        Assert.Equal(command.Metainfo, command.Trailer);
        Assert.Equal(command with { Metainfo = read.Metainfo, MetainfoLength = 1 }, read);
    }

    [Fact]
    public void AFetchCommandBringsItsCredentialAndDoesNotPrintIt()
    {
        MemberCredential credential = new() { Authority = [1, 2, 3], Certificate = [4, 5], PrivateKey = [200, 201, 202, 203], IssuedAtMilliseconds = 1_800_000_000_000 };
        FetchCommand command = new() { Root = "/srv/app", Release = Release, AnnounceUrls = [], Port = 6881, Seed = 1, Credential = credential };

        MemberCredential? read = (AgentJson.ReadCommand(AgentJson.Write(command)) as FetchCommand)?.Credential;

        Assert.NotNull(read);
        Assert.Equal(credential.Authority, read.Authority);
        Assert.Equal(credential.Certificate, read.Certificate);
        Assert.Equal(credential.PrivateKey, read.PrivateKey);
        Assert.Equal(credential.IssuedAtMilliseconds, read.IssuedAtMilliseconds);
        Assert.Contains("Credential = (redacted),", command.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void StepsThatAreNotNamedAreLeftOut()
    {
        ActivateCommand? bare = AgentJson.ReadCommand("""{"type":"activate","root":"/srv/app","release":"1.0.0-20261123T031500Z-5f2a9c1d"}"""u8) as ActivateCommand;
        ActivateCommand? one = AgentJson.ReadCommand("""{"type":"activate","root":"/srv/app","release":"1.0.0-20261123T031500Z-5f2a9c1d","steps":{"service":"web"}}"""u8) as ActivateCommand;

        Assert.Equal(new ActivateCommand("/srv/app", Release), bare);
        Assert.Equal(new ActivateCommand("/srv/app", Release) { Steps = new ActivationSteps { Service = "web" } }, one);
        Assert.True(bare?.Steps.IsNone);
        Assert.False(one?.Steps.IsNone);
    }

    [Fact]
    public void AStatusKeepsItsLists()
    {
        AgentStatus status = new(null, "b", ["b", "c"], [], 12, "ann@laptop");

        AgentStatus? read = AgentJson.ReadEvent(AgentJson.Write(status)) as AgentStatus;

        Assert.NotNull(read);
        Assert.Equal(status.Staged, read.Staged);
        Assert.Equal(status with { Staged = read.Staged, Partial = read.Partial }, read);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"root\":\"/srv/app\"}")]
    [InlineData("{\"type\":\"status\"}")]
    [InlineData("{\"type\":\"status\",\"root\":null}")]
    [InlineData("{\"type\":\"fetch\",\"root\":\"/srv/app\"}")]
    [InlineData("{\"type\":\"fetch\",\"root\":\"/a\",\"release\":\"1\",\"metainfo\":\"\",\"announceUrls\":[],\"port\":1,\"seed\":1,\"credential\":{\"authority\":\"\"}}")]
    [InlineData("{\"type\":\"seed\",\"port\":1,\"seed\":1}")]
    [InlineData("{\"type\":\"activate\",\"root\":\"/srv/app\",\"release\":\"a/b\"}")]
    [InlineData("{\"type\":\"activate\",\"root\":\"/srv/app\"}")]
    [InlineData("{\"type\":\"activate\",\"root\":\"/srv/app\",\"release\":\"1.0.0\",\"steps\":null}")]
    [InlineData("{\"type\":\"bye\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"type\":\"\\ud800\"}")]
    [InlineData("{\"type\":1}")]
    [InlineData("{\"type\":\"abort\"} {}")]
    public void HalfACommandIsNone(string line) => Assert.Null(AgentJson.ReadCommand(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("")]
    [InlineData("{\"type\":\"pong\"}")]
    [InlineData("{\"sequence\":1,\"type\":\"pong\"}")]
    [InlineData("{\"type\":\"ping\",\"sequence\":1}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"type\":\"\\udc00\"}")]
    public void WhatIsNoEventIsNone(string line) => Assert.Null(AgentJson.ReadEvent(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void NoBytesMakeItThrow() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        _ = AgentJson.ReadCommand(bytes);
        _ = AgentJson.ReadEvent(bytes);
        _ = AgentJson.ReadCommand([.. "{\"type\":\"status\",\"root\":\""u8, .. bytes, .. "\"}"u8]);
    });
}
