using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>
/// An agent that is killed before any of its steps through the file system, from the first folder of a host to the removal of old releases:
/// what it leaves is sound, and the same commands again come to the end that an undisturbed run has.
/// </summary>
public sealed class CrashTests : IAsyncLifetime
{
    private static readonly ParallelOptions s_fewAtOnce = new() { MaxDegreeOfParallelism = 3 };

    private SeededRelease _seeded = null!;
    private SharedPaths _shared = SharedPaths.None;

    private ReleaseId Release => _seeded.Release("2.0.0");

    public async Task InitializeAsync() => _seeded = await SeededRelease.StartAsync(megabytes: 1);

    public async Task DisposeAsync() => await _seeded.DisposeAsync();

    [Fact]
    public Task AFreshHost() => CrashAtEachStepAsync(_ => Task.CompletedTask, stepsMin: 20);

    [Fact]
    public Task AHostThatRunsAnotherReleaseAndHasOldOnes() => CrashAtEachStepAsync(
        async host =>
        {
            foreach (ReleaseId old in new[] { host.Stage("1.0.0"), host.Stage("1.1.0"), host.Stage("1.2.0") })
            {
                await ActivateAsync(host, old);
            }
        },
        stepsMin: 30);

    [Fact]
    public Task AHostThatHasTheSameContentUnderAnotherIdAndAPartialRelease() => CrashAtEachStepAsync(
        async host =>
        {
            await RunAsync(await AgentProcess.StartAsync(), host, _seeded.Release("1.0.0"));
            Directory.CreateDirectory(host.Layout.Partial(HostFixture.Release("1.5.0")));
            await File.WriteAllTextAsync(Path.Combine(host.Layout.Partial(HostFixture.Release("1.5.0")), "half"), "half");
        },
        stepsMin: 30);

    [Fact]
    public Task AReleaseThatHasLinksToWhatSurvivesIt()
    {
        _shared = SharedPaths.Parse(["local.json", "logs/", "lib/plugins/"], []);
        return CrashAtEachStepAsync(
            async host =>
            {
                Directory.CreateDirectory(host.Layout.Shared);
                await File.WriteAllTextAsync(Path.Combine(host.Layout.Shared, "local.json"), "local");
            },
            stepsMin: 25);
    }

    private async Task CrashAtEachStepAsync(Func<HostFixture, Task> prepare, int stepsMin)
    {
        using TestDirectory notes = new();
        (string[] steps, IReadOnlyList<string> expected) = await RunUndisturbedAsync(prepare, notes.Combine("undisturbed"));
        Assert.True(steps.Length >= stepsMin, $"only {steps.Length} steps:\n{string.Join('\n', steps)}");

        await Parallel.ForAsync(0, steps.Length, s_fewAtOnce, async (step, _) =>
        {
            using HostFixture host = new();
            await prepare(host);
            await RunAsync(await AgentProcess.StartCrashingAsync(step, notes.Combine($"steps{step}")), host, Release);
            string where = $"killed before step {step}, {File.ReadLines(notes.Combine($"steps{step}")).Last()}";
            AssertSound(host, where);

            await RunAsync(await AgentProcess.StartAsync(), host, Release);

            Assert.True(expected.SequenceEqual(Describe(host)), $"{where}: the end is another:\n{string.Join('\n', Describe(host))}\ninstead of\n{string.Join('\n', expected)}");
        });
    }

    private async Task<(string[] Steps, IReadOnlyList<string> End)> RunUndisturbedAsync(Func<HostFixture, Task> prepare, string stepsPath)
    {
        using HostFixture host = new();
        await prepare(host);
        await RunAsync(await AgentProcess.StartCrashingAsync(-1, stepsPath), host, Release);
        AssertIsAt(host.Layout.Current);
        return (await File.ReadAllLinesAsync(stepsPath), Describe(host));
    }

    /// <summary>Fetches, activates and stops, as far as the agent lives.</summary>
    private async Task RunAsync(AgentProcess agent, HostFixture host, ReleaseId release)
    {
        using (agent)
        {
            try
            {
                await agent.SendAsync(_seeded.Fetch(host, release));
                if (await EndsWithAsync<AgentStaged>(agent))
                {
                    await agent.SendAsync(new ActivateCommand(host.Root, release, "ann@laptop") { Shared = _shared, Steps = new ActivationSteps { AfterActivate = "true" } });
                    if (await EndsWithAsync<AgentActivated>(agent))
                    {
                        await agent.SendAsync(new StopCommand { KeepReleases = 0 });
                    }
                }
            }
            catch (IOException)
            {
                // Expected: it was killed before it had read the command.
            }

            await agent.ExitedAsync();
        }
    }

    /// <summary>False when the agent died before it could say so.</summary>
    private static async Task<bool> EndsWithAsync<T>(AgentProcess agent)
        where T : AgentEvent
    {
        while (await agent.ReadAnyAsync() is { } next)
        {
            Assert.IsNotType<AgentFailed>(next);
            if (next is T)
            {
                return true;
            }
        }

        return false;
    }

    private static ReleaseStore At(HostFixture host) => ReleaseStore.At(host.Root, _ => { }, TimeProvider.System, FileSteps.Unobserved);

    private static async Task ActivateAsync(HostFixture host, ReleaseId release)
    {
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(new ActivateCommand(host.Root, release));
        await agent.ReadAsync<AgentActivated>();
    }

    /// <summary>What a service or the next deploy may count on, whatever happened.</summary>
    private void AssertSound(HostFixture host, string where)
    {
        ReleaseStore releases = At(host);
        Assert.True(releases.LockedBy() is null, $"{where}: the lock is held");
        Assert.True(releases.Current() is not { } current || Directory.Exists(Path.Combine(host.Layout.Releases, current)), $"{where}: current points to nothing");
        if (releases.IsStaged(Release))
        {
            AssertIsAt(host.Layout.Release(Release));
        }
    }

    private void AssertIsAt(string folder)
    {
        if (_shared.All.Count == 0)
        {
            _seeded.AssertIsAt(folder);
        }
        else
        {
            Assert.Null(StagedFolder.FirstDifference(folder, _seeded.Metainfo));
        }
    }

    /// <summary>Everything but who held the lock and when what was done; of the audit log, what follows from it.</summary>
    private IReadOnlyList<string> Describe(HostFixture host) =>
        [$"before: {At(host).Previous()}", $"settled: {At(host).IsSettled(Release)}", .. TreeSnapshot.Of(host.Root).Where(line => !line.StartsWith(".murder/lock ", StringComparison.Ordinal) && !line.StartsWith(".murder/audit.jsonl ", StringComparison.Ordinal))];
}
