using System.Text.Json;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests;

public sealed class ActivationTests
{
    [Fact]
    public async Task StatusOfNothingIsEmptyAndChangesNothing()
    {
        using HostFixture host = new();
        using AgentProcess agent = await AgentProcess.StartAsync();

        await agent.SendAsync(new StatusCommand(host.Root));
        AgentStatus status = await agent.ReadAsync<AgentStatus>();

        Assert.Null(status.Current);
        Assert.Null(status.Previous);
        Assert.Null(status.LockedBy);
        Assert.Empty(status.Staged);
        Assert.Empty(status.Partial);
        Assert.True(status.FreeBytes > 0);
        Assert.False(Directory.Exists(host.Root));
    }

    [Fact]
    public async Task ActivationPointsCurrentAtTheReleaseAndNamesTheOneBefore()
    {
        using HostFixture host = new();
        ReleaseId first = host.Stage("1.0.0");
        ReleaseId second = host.Stage("1.1.0");
        using AgentProcess agent = await AgentProcess.StartAsync();

        await ActivateAsync(agent, host, first);
        await ActivateAsync(agent, host, second);

        Assert.Equal($"releases/{second}", new FileInfo(host.Layout.Current).LinkTarget);
        Assert.Equal(second.Value, host.ActiveText());
        AgentStatus status = await StatusAsync(agent, host);
        Assert.Equal(second.Value, status.Current);
        Assert.Equal(first.Value, status.Previous);
        Assert.Null(status.LockedBy);
    }

    [Fact]
    public async Task ActivatingTheActiveReleaseAgainChangesNothing()
    {
        using HostFixture host = new();
        ReleaseId first = host.Stage("1.0.0");
        ReleaseId second = host.Stage("1.1.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await ActivateAsync(agent, host, first);
        await ActivateAsync(agent, host, second);

        AgentActivated again = await ActivateAsync(agent, host, second);

        Assert.True(again.WasDone);
        Assert.Equal(first.Value, (await StatusAsync(agent, host)).Previous);
        Assert.Equal(4, File.ReadAllLines(host.Layout.AuditLog).Length);
    }

    [Fact]
    public async Task WhoeverFollowsCurrentAlwaysMeetsAWholeRelease()
    {
        using HostFixture host = new();
        ReleaseId[] releases = [host.Stage("1.0.0"), host.Stage("1.1.0")];
        using AgentProcess agent = await AgentProcess.StartAsync();
        await ActivateAsync(agent, host, releases[0]);
        using CancellationTokenSource done = new();
        Task<HashSet<string>> reader = Task.Run(() =>
        {
            HashSet<string> seen = [];
            while (!done.IsCancellationRequested)
            {
                seen.Add(host.ActiveText()); // throws when it is missing
            }

            return seen;
        });

        for (int turn = 1; turn <= 50; turn++)
        {
            await ActivateAsync(agent, host, releases[turn % 2]);
        }

        await done.CancelAsync();
        Assert.Subset(releases.Select(id => id.Value).ToHashSet(), await reader);
    }

    [Fact]
    public async Task EachSwitchIsWrittenDown()
    {
        using HostFixture host = new();
        ReleaseId first = host.Stage("1.0.0");
        ReleaseId second = host.Stage("1.1.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await ActivateAsync(agent, host, first);
        await ActivateAsync(agent, host, second);

        JsonElement line = JsonSerializer.Deserialize<JsonElement>(File.ReadAllLines(host.Layout.AuditLog)[^1]);

        Assert.Equal("activate", line.GetProperty("verb").GetString());
        Assert.Equal(second.Value, line.GetProperty("release").GetString());
        Assert.Equal(first.Value, line.GetProperty("previous").GetString());
        Assert.Equal("ann@laptop", line.GetProperty("deployedBy").GetString());
        Assert.Equal("ok", line.GetProperty("result").GetString());
        Assert.True(line.GetProperty("time").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddHours(-1));
    }

    [Fact]
    public async Task AReleaseThatIsMissingOrHalfThereIsNotActivated()
    {
        using HostFixture host = new();
        ReleaseId partial = HostFixture.Release("1.0.0");
        Directory.CreateDirectory(host.Layout.Partial(partial));
        using AgentProcess agent = await AgentProcess.StartAsync();

        AgentFailed failed = await agent.ReadFailureAsync(new ActivateCommand(host.Root, partial));

        Assert.Equal(HostFailure.ReleaseMissing, failed.Failure);
        Assert.Contains(partial.Value, failed.Detail, StringComparison.Ordinal);
        Assert.False(Path.Exists(host.Layout.Current));
    }

    [Fact]
    public async Task AFolderNamedCurrentIsNotTouched()
    {
        using HostFixture host = new();
        ReleaseId release = host.Stage("1.0.0");
        Directory.CreateDirectory(Path.Combine(host.Layout.Current, "mine"));
        using AgentProcess agent = await AgentProcess.StartAsync();

        AgentFailed failed = await agent.ReadFailureAsync(new ActivateCommand(host.Root, release));

        Assert.Equal(HostFailure.ActivationFailed, failed.Failure);
        Assert.True(Directory.Exists(Path.Combine(host.Layout.Current, "mine")));
        Assert.Equal(HostFailure.ActivationFailed, (await agent.ReadFailureAsync(new ActivateCommand(host.Root, release))).Failure);
    }

    [Fact]
    public async Task AHostThatIsLockedStaysSoFromOneActivationToTheNext()
    {
        using HostFixture host = new();
        ReleaseId release = host.Stage("1.0.0");
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(new LockCommand(host.Root, release) { DeployedBy = "ann@laptop" });
        await agent.ReadAsync<AgentLocked>();

        await ActivateAsync(agent, host, release);

        using AgentProcess other = await AgentProcess.StartAsync();
        Assert.StartsWith($"ann@laptop (release {release}, agent process ", (await StatusAsync(other, host)).LockedBy, StringComparison.Ordinal);
        Assert.Equal(HostFailure.Locked, (await other.ReadFailureAsync(new ActivateCommand(host.Root, release))).Failure);
        await agent.SendAsync(new StopCommand());
        await agent.ReadAsync<AgentBye>();
        Assert.Null((await StatusAsync(other, host)).LockedBy);
    }

    [Fact]
    public async Task AHostIsNotLockedForWhatCouldNotBeActivated()
    {
        using HostFixture host = new();
        using AgentProcess agent = await AgentProcess.StartAsync();

        Assert.Equal(HostFailure.ReleaseMissing, (await agent.ReadFailureAsync(new LockCommand(host.Root, HostFixture.Release("1.0.0")))).Failure);
        Assert.False(Directory.Exists(host.Root));

        ReleaseId release = host.Stage("1.0.0");
        Assert.Equal(HostFailure.SharedMissing, (await agent.ReadFailureAsync(new LockCommand(host.Root, release) { Shared = SharedPaths.Parse(["a.json"], []) })).Failure);
        Assert.Null((await StatusAsync(agent, host)).LockedBy);
    }

    private static async Task<AgentActivated> ActivateAsync(AgentProcess agent, HostFixture host, ReleaseId release)
    {
        await agent.SendAsync(new ActivateCommand(host.Root, release, "ann@laptop"));
        AgentActivated activated = await agent.ReadAsync<AgentActivated>();
        Assert.Equal(release, activated.Release);
        return activated;
    }

    private static async Task<AgentStatus> StatusAsync(AgentProcess agent, HostFixture host)
    {
        await agent.SendAsync(new StatusCommand(host.Root));
        return await agent.ReadAsync<AgentStatus>();
    }
}
