using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>A live release is compared with what was staged, file by file, and nothing is changed for it.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly HostFixture _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task EveryKindOfChangeIsNamedByItsFile()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 4);
        ReleaseId release = seeded.Release("1.0.0");
        await ActivateAsync(seeded, release);
        Assert.Equal((0, null), Counted(await VerifyAsync()));

        Damage(release, "lib/00.dll", offset: 500_000);
        File.Delete(At(release, "lib/01.dll"));
        File.AppendAllText(At(release, "lib/02.dll"), "x");
        File.SetUnixFileMode(At(release, "lib/03.dll"), File.GetUnixFileMode(At(release, "lib/03.dll")) | UnixFileMode.GroupWrite);
        File.SetUnixFileMode(At(release, "app"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Delete(At(release, "latest.dll"));
        File.CreateSymbolicLink(At(release, "latest.dll"), "lib/03.dll");
        File.WriteAllText(At(release, "wwwroot/up\nload.tmp"), "");
        IReadOnlyList<string> before = TreeSnapshot.Of(_host.Root);

        ReleaseVerification verification = (await VerifyAsync())!;

        Assert.Equal(
            [
                "app Mode has mode 600 instead of 755",
                "latest.dll Target points to lib/03.dll",
                "lib/00.dll Changed has another content in 1 of 16 pieces",
                "lib/01.dll Missing is missing",
                "lib/02.dll Changed has 1048577 instead of 1048576 bytes",
                "lib/03.dll Mode has mode 664 instead of 644",
                "wwwroot/up?load.tmp Added is not part of the release",
            ],
            verification.Differences.Select(difference => $"{difference.Path} {difference.Kind} {difference.Text}"));
        Assert.Equal((7, null), Counted(verification));
        Assert.Equal(before, TreeSnapshot.Of(_host.Root));
    }

    [Fact]
    public async Task WhatSomebodyDidToAReleaseIsCountedButNotTalkedAboutWithoutEnd()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 1);
        ReleaseId release = seeded.Release("1.0.0");
        await ActivateAsync(seeded, release);
        for (int file = 0; file < 500; file++)
        {
            File.WriteAllText(At(release, $"log.{file:000}{new string('x', 240)}"), "");
        }

        ReleaseVerification verification = (await VerifyAsync())!;

        Assert.Equal(500, verification.DifferenceCount);
        Assert.Equal(20, verification.Differences.Count);
        Assert.All(verification.Differences, difference => Assert.InRange(difference.Path.Length, 1, 201));
    }

    [Fact]
    public async Task WhatCannotBeComparedIsSaidAndIsNoDifference()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 1);
        Assert.Null(await VerifyAsync());
        ReleaseId release = seeded.Release("1.0.0");
        await ActivateAsync(seeded, release);

        File.WriteAllText(_host.Layout.Metainfo(release), "damaged");
        Assert.Contains("is damaged", (await VerifyAsync())!.Obstacle, StringComparison.Ordinal);
        File.Delete(_host.Layout.Metainfo(release));
        Assert.Contains("is gone", (await VerifyAsync())!.Obstacle, StringComparison.Ordinal);
        File.Delete(_host.Layout.Current);
        File.CreateSymbolicLink(_host.Layout.Current, "/opt/by-hand");
        Assert.Contains("'/opt/by-hand'", (await VerifyAsync())!.Obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReleaseIsVerifiedWhileADeployIsUnderWay()
    {
        await using SeededRelease seeded = await SeededRelease.StartAsync(megabytes: 1);
        using AgentProcess deploy = await DeployAsync(seeded, seeded.Release("1.0.0"));

        Assert.Equal((0, null), Counted(await VerifyAsync()));
    }

    private static (long Count, string? Obstacle) Counted(ReleaseVerification? verification) => (verification!.DifferenceCount, verification.Obstacle);

    private async Task ActivateAsync(SeededRelease seeded, ReleaseId release)
    {
        using AgentProcess agent = await DeployAsync(seeded, release);
        await agent.SendAsync(new StopCommand());
        await agent.ExitedAsync();
    }

    /// <summary>Returns the agent that holds the lock and seeds.</summary>
    private async Task<AgentProcess> DeployAsync(SeededRelease seeded, ReleaseId release)
    {
        AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(seeded.Fetch(_host, release));
        await agent.ReadAsync<AgentStaged>();
        await agent.SendAsync(new ActivateCommand(_host.Root, release));
        await agent.ReadAsync<AgentActivated>();
        return agent;
    }

    private async Task<ReleaseVerification?> VerifyAsync()
    {
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(new StatusCommand(_host.Root) { Verifies = true });
        ReleaseVerification? verification = (await agent.ReadAsync<AgentStatus>()).Verification;
        await agent.SendAsync(new StopCommand());
        await agent.ExitedAsync();
        return verification;
    }

    private string At(ReleaseId release, string path) => Path.Combine(_host.Layout.Release(release), path);

    /// <summary>One bit.</summary>
    private void Damage(ReleaseId release, string path, int offset)
    {
        byte[] content = File.ReadAllBytes(At(release, path));
        content[offset] ^= 1;
        File.WriteAllBytes(At(release, path), content);
    }
}
