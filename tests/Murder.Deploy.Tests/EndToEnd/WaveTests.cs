using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>Activation in waves with real agents: gates that let through, and gates that do not. A file <c>bad</c> in a host's root closes its gate.</summary>
public sealed class WaveTests
{
    private const string Gate = "echo gate of $MURDER_RELEASE; test ! -e \"$MURDER_ROOT/bad\" || test \"$MURDER_RELEASE\" = \"$(cat \"$MURDER_ROOT/bad\")\"";

    [Fact]
    public async Task AGoodReleaseGoesThroughAllWaves()
    {
        using DeployFixture deploy = Gated(waves: "1;100%");

        DeploymentReport report = await DeployAsync(deploy);

        Assert.True(report.Succeeded, string.Join('\n', deploy.Log));
        Assert.Equal(2, report.WaveCount);
        Assert.Equal([1, 2, 2], report.Hosts.Select(host => host.Wave!.Value));
        Assert.True(report.Hosts[0].ActiveSeconds <= report.Hosts[1].SwitchedSeconds);
        Assert.Contains(deploy.Log, line => line.Contains("activated 3/3 in 2 waves", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AReleaseThatFailsOnOneHostIsTakenBackEverywhereAndTheCauseIsNamed()
    {
        using DeployFixture deploy = Gated(waves: "1;100%");
        DeploymentReport good = await DeployAsync(deploy);
        CloseGate(deploy, number: 2, except: good.Release);

        DeploymentReport bad = await DeployAsync(deploy);

        Assert.False(bad.Succeeded);
        Assert.True(bad.RolledBack);
        Assert.All([1, 2, 3], number => Assert.Equal($"releases/{good.Release}", CurrentOf(deploy, number)));
        Assert.All(bad.Hosts, host => Assert.Equal(HostState.RolledBack, host.State));
        Problem cause = Assert.Single(deploy.Problems, problem => problem.Code == "MURDER0504");
        Assert.Contains("local02", cause.Text, StringComparison.Ordinal);
        Assert.Contains($"gate of {bad.Release}", cause.Text, StringComparison.Ordinal);
        Assert.Contains($"runs {good.Release} again", cause.Text, StringComparison.Ordinal);
        Assert.Contains(deploy.Problems, problem => problem.Code == "MURDER0605");
        Assert.Equal(1, deploy.Log.Count(line => line == "wave 2 of 2 failed on 1 host, and 0 may; every host that was switched goes back"));
        Assert.Equal(1, deploy.Log.Count(line => line == "3 hosts went back"));
    }

    [Fact]
    public async Task ACanaryThatFailsKeepsTheReleaseFromAllOthers()
    {
        using DeployFixture deploy = Gated(waves: "1;100%");
        DeploymentReport good = await DeployAsync(deploy);
        CloseGate(deploy, number: 1, except: good.Release);

        DeploymentReport bad = await DeployAsync(deploy);

        Assert.Equal([HostState.RolledBack, HostState.Staged, HostState.Staged], bad.Hosts.Select(host => host.State));
        Assert.All([1, 2, 3], number => Assert.Equal($"releases/{good.Release}", CurrentOf(deploy, number)));
        Assert.Null(bad.Hosts[1].SwitchedSeconds);
        Assert.Equal(["wave 1 of 2: 1 host", "wave 1 of 2 failed on 1 host, and 0 may; every host that was switched goes back", "1 host went back"], deploy.Log.Where(line => !line.StartsWith(' ')).TakeLast(7).Where(line => line.StartsWith("wave", StringComparison.Ordinal) || line.EndsWith("back", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AHostThatMayFailGoesBackAloneAndARepairBringsItThere()
    {
        using DeployFixture deploy = Gated(waves: "1;100%");
        DeploymentReport first = await DeployAsync(deploy);
        CloseGate(deploy, number: 3, except: first.Release);
        deploy.Settings = deploy.Settings with { MaxFailedHosts = "1" };

        DeploymentReport second = await DeployAsync(deploy);

        Assert.True(second.Succeeded, string.Join('\n', deploy.Log));
        Assert.Equal([$"releases/{second.Release}", $"releases/{second.Release}", $"releases/{first.Release}"], CurrentsOf(deploy));
        File.Delete(Path.Combine(deploy.LocalRoot(3), "bad"));
        await Deployment.ActivateAsync(deploy.Settings with { Release = second.Release }, isRollback: false, deploy, CancellationToken.None);
        Assert.All(CurrentsOf(deploy), current => Assert.Equal($"releases/{second.Release}", current));
    }

    [Fact]
    public async Task WithStopAHostThatFailedKeepsTheReleaseAndSaysSo()
    {
        using DeployFixture deploy = Gated(waves: "1;100%");
        DeploymentReport good = await DeployAsync(deploy);
        CloseGate(deploy, number: 1, except: good.Release);
        deploy.Settings = deploy.Settings with { OnFailure = "stop" };

        DeploymentReport bad = await DeployAsync(deploy);

        Assert.False(bad.Succeeded);
        Assert.Equal([$"releases/{bad.Release}", $"releases/{good.Release}", $"releases/{good.Release}"], CurrentsOf(deploy));
        Assert.Contains("current points to the new release", bad.Hosts[0].Detail, StringComparison.Ordinal);
        Assert.Contains(deploy.Problems, problem => problem.Code == "MURDER0602" && problem.Text.Contains("0 run the release, 1 may point to it", StringComparison.Ordinal));

        IReadOnlyList<HostStatus> status = await Deployment.StatusAsync(deploy.Settings, deploy, CancellationToken.None);
        Assert.Equal([true, false, false], status.Select(host => host.IsUnfinished));
        Assert.Equal("MURDER0703", Assert.Single(status[0].Faults).Code);
    }

    [Fact]
    public async Task ADeployThatIsCancelledBetweenWavesSaysHowManyRunWhatAndTheActivationFinishesIt()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Release = "1.0.0-a", Waves = "1;100%", AfterActivate = "[ \"$(basename \"$MURDER_ROOT\")\" = host01 ] || sleep 1000" };
        using CancellationTokenSource cancellation = new();
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, cancellation.Token);
        await Eventually.TrueAsync(() => running.IsCompleted || deploy.Log.Any(line => line.Contains("local02: switched", StringComparison.Ordinal)));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Problem end = Assert.Single(deploy.Problems, problem => problem.Code == "MURDER0604");
        Assert.Contains("1 of 3 hosts run the new release, and 2 may point to it", end.Text, StringComparison.Ordinal);
        DeploymentReport finished = await Deployment.ActivateAsync(deploy.Settings with { AfterActivate = "true" }, isRollback: false, deploy, CancellationToken.None);
        Assert.True(finished.Succeeded, string.Join('\n', deploy.Log));
        Assert.All(CurrentsOf(deploy), current => Assert.Equal("releases/1.0.0-a", current));
    }

    [Fact]
    public async Task TheFirstReleaseEverIsTakenBackToNothing()
    {
        using DeployFixture deploy = Gated(waves: "100%");
        Directory.CreateDirectory(deploy.LocalRoot(3));
        CloseGate(deploy, number: 3, except: "none");

        DeploymentReport bad = await DeployAsync(deploy);

        Assert.True(bad.RolledBack);
        Assert.All(CurrentsOf(deploy), Assert.Null);
        Assert.True(Directory.Exists(Path.Combine(deploy.LocalRoot(1), "releases", bad.Release))); // it is staged still
    }

    [Fact]
    public async Task AFleetGoesBackToTheReleaseBefore()
    {
        using DeployFixture deploy = Gated(waves: "100%");
        DeploymentReport first = await DeployAsync(deploy);
        DeploymentReport second = await DeployAsync(deploy);
        await DeployAsync(deploy);

        Assert.Equal(second.Release, await GoBackAsync(deploy));
        Assert.All(CurrentsOf(deploy), current => Assert.Equal($"releases/{second.Release}", current));
        Assert.Equal(first.Release, await GoBackAsync(deploy)); // and not to the one that it went back from
        Assert.All(CurrentsOf(deploy), current => Assert.Equal($"releases/{first.Release}", current));
    }

    [Fact]
    public async Task AWrongRequestNamesWavesPolicyHealthAndService()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Waves = "50%;25%", OnFailure = "retry", HealthUrl = "localhost:5000", HealthTimeout = "soon", Service = "-all" };

        DeploymentException refusal = await Assert.ThrowsAsync<DeploymentException>(() => DeployAsync(deploy));

        Assert.Equal(["MURDER0010", "MURDER0017", "MURDER0018", "MURDER0019", "MURDER0020"], refusal.Problems.Select(problem => problem.Code).Order());
    }

    private static DeployFixture Gated(string waves)
    {
        DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Waves = waves, AfterActivate = Gate };
        return deploy;
    }

    private static async Task<DeploymentReport> DeployAsync(DeployFixture deploy)
    {
        deploy.Directory.Write("publish/stamp.txt", Guid.NewGuid().ToByteArray()); // another content, and so another id
        return await Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
    }

    private static async Task<string> GoBackAsync(DeployFixture deploy) =>
        (await Deployment.ActivateAsync(deploy.Settings, isRollback: true, deploy, CancellationToken.None)).Release;

    private static void CloseGate(DeployFixture deploy, int number, string except) => File.WriteAllText(Path.Combine(deploy.LocalRoot(number), "bad"), except);

    private static string? CurrentOf(DeployFixture deploy, int number) => new FileInfo(Path.Combine(deploy.LocalRoot(number), "current")).LinkTarget;

    private static IEnumerable<string?> CurrentsOf(DeployFixture deploy) => [CurrentOf(deploy, 1), CurrentOf(deploy, 2), CurrentOf(deploy, 3)];
}
