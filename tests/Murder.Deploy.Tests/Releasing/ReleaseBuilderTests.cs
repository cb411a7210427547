using Microsoft.Win32.SafeHandles;
using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy.Tests;

public sealed class ReleaseBuilderTests
{
    [Fact]
    public async Task AMetainfoThatNoAgentWouldTakeIsRefusedBeforeAnyHostIsTouched()
    {
        using DeployFixture deploy = new();
        Metainfo metainfo = await ReleaseBuilder.DescribeAsync(deploy.PublishDirectory, "web", CancellationToken.None);

        ReleaseBuilder.RequireSendable(metainfo, metainfo.Bytes.Length);
        DeploymentException refusal = Assert.Throws<DeploymentException>(() => ReleaseBuilder.RequireSendable(metainfo, metainfo.Bytes.Length - 1));

        Assert.Equal("MURDER0211", Assert.Single(refusal.Problems).Code);
    }

    [Fact]
    public async Task TheSameOutputHasTheSameIdUntilItsVersionOrContentIsAnother()
    {
        using DeployFixture deploy = new();
        DateTimeOffset now = new(2026, 11, 24, 4, 15, 0, TimeSpan.Zero);
        async Task<string> BuildAsync(string version = "1.2.3")
        {
            List<Problem> problems = [];
            DeploymentSettings settings = deploy.Settings with { Version = version };
            now += TimeSpan.FromMinutes(1);
            return (await ReleaseBuilder.BuildAsync(settings, SettingsValidator.Validate(settings, RolloutGoal.Staged, problems), now, CancellationToken.None)).Id.Value;
        }

        string first = await BuildAsync();
        Assert.Equal(first, await BuildAsync());
        string upgraded = await BuildAsync("1.2.4");
        Assert.StartsWith("1.2.4-20261124T041800Z-", upgraded, StringComparison.Ordinal);
        deploy.Directory.Write("publish/new.txt", "new"u8);
        Assert.NotEqual(upgraded, await BuildAsync("1.2.4"));
        deploy.Directory.Write("state/release.json", "no json"u8);
        Assert.StartsWith("1.2.4-20261124T042000Z-", await BuildAsync("1.2.4"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileThatIsWrittenToWhileItIsHashedIsNamed()
    {
        using DeployFixture deploy = new();
        string log = Path.Combine(deploy.PublishDirectory, "app.log");
        using SafeFileHandle file = File.OpenHandle(log, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.SetLength(file, 400_000_000); // a hundred segments, hashed one after the other; takes no room
        using CancellationTokenSource end = new();
        Task writing = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                RandomAccess.Write(file, "x"u8, 0);
            }
        });

        DeploymentException refusal = await Assert.ThrowsAsync<DeploymentException>(() => ReleaseBuilder.DescribeAsync(deploy.PublishDirectory, "web", CancellationToken.None));

        await end.CancelAsync();
        await writing;
        Problem problem = Assert.Single(refusal.Problems);
        Assert.Equal("MURDER0208", problem.Code);
        Assert.Contains(log, problem.Text, StringComparison.Ordinal);
    }

    /// <summary>Each for itself could be shipped.</summary>
    [Fact]
    public async Task FilesThatCannotBeTogetherOnEverySystemAndLinksInACircleAreNamed()
    {
        using DeployFixture cases = new();
        cases.Directory.Write("publish/WEB.dll", "x"u8);
        using DeployFixture circle = new();
        File.CreateSymbolicLink(Path.Combine(circle.PublishDirectory, "there"), "back");
        File.CreateSymbolicLink(Path.Combine(circle.PublishDirectory, "back"), "there");

        foreach ((DeployFixture deploy, string named) in new[] { (cases, "web.dll"), (circle, "'back'") })
        {
            DeploymentException refusal = await Assert.ThrowsAsync<DeploymentException>(() => ReleaseBuilder.DescribeAsync(deploy.PublishDirectory, "web", CancellationToken.None));

            Problem problem = Assert.Single(refusal.Problems);
            Assert.Equal("MURDER0209", problem.Code);
            Assert.Contains(named, problem.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("appsettings.Local.json", "appsettings.Local.json")]
    [InlineData("logs/", "logs/old.txt")]
    [InlineData("web.dll/", "web.dll")]
    [InlineData("web.dll/x", "web.dll")]
    public void WhatComesFromTheHostsIsNotPublished(string shared, string published)
    {
        string[] files = ["appsettings.Local.json", "appsettings.json", "logs/old.txt", "web.dll"];

        DeploymentException refusal = Assert.Throws<DeploymentException>(() => ReleaseBuilder.RequireRoomFor(SharedPaths.Parse(["data/", shared], []), files));

        Problem problem = Assert.Single(refusal.Problems);
        Assert.Equal("MURDER0213", problem.Code);
        Assert.Contains($"'{published}'", problem.Text, StringComparison.Ordinal);
        ReleaseBuilder.RequireRoomFor(SharedPaths.Parse(["log/", "appsettings", "data/"], []), files);
    }

    [Fact]
    public void ACommandWithTheLongestOfEverythingIsNotTooLong()
    {
        FetchCommand command = new()
        {
            Root = "/" + new string('r', 4096),
            Release = ReleaseId.Parse("1.0.0-20260101T000000Z-01234567"),
            Metainfo = new byte[AgentProtocol.MetainfoBytesMax],
            AnnounceUrls = [.. Enumerable.Repeat("http://[2001:db8:1234:5678:9abc:def0:1234:5678]:65535/00112233445566778899aabbccddeeff/announce", 256)],
            Port = 65535,
            Seed = ulong.MaxValue,
            DeployedBy = new string('d', 512),
        };

        Assert.InRange(AgentJson.Write(command).Length, 1, AgentProtocol.CommandLineBytesMax);
    }
}
