using System.Text.Json;
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
    public async Task AFreshHost()
    {
        using HostFixture host = new();
        await CrashAtEachStepAsync(host, Deploy, stepsMin: 30);
    }

    [Fact]
    public async Task AHostWithOldReleasesAndWhatFurtherCrashesLeft()
    {
        using HostFixture host = new();
        await ActivateAsync(host, host.Stage("1.0.0"), host.Stage("1.1.0"), host.Stage("1.2.0"));
        await File.AppendAllTextAsync(host.Layout.AuditLog, "{\"cut sho");
        At(host).Prepare();
        await File.WriteAllTextAsync(host.Layout.Metainfo(Release) + ".new", "cut sho");
        Directory.CreateDirectory(Path.Combine(host.Layout.Releases, ReleaseLayout.RemovedPrefix + HostFixture.Release("0.9.0"), "lib"));
        File.CreateSymbolicLink(Path.Combine(host.Root, ".current.4711"), "releases/1.0.0-x");

        await CrashAtEachStepAsync(host, Deploy, stepsMin: 30);
    }

    [Fact]
    public async Task AHostThatHasTheSameContentUnderAnotherIdAndAnotherHalfRelease()
    {
        using HostFixture host = new();
        await StageSameContentAsync(host, _seeded.Release("1.0.0"));
        Directory.CreateDirectory(host.Layout.Partial(HostFixture.Release("1.5.0")));
        await File.WriteAllTextAsync(Path.Combine(host.Layout.Partial(HostFixture.Release("1.5.0")), "half"), "half");

        await CrashAtEachStepAsync(host, Deploy, stepsMin: 30);
    }

    [Fact]
    public async Task AHostThatHasHalfOfTheContentUnderAnotherId()
    {
        using HostFixture host = new();
        string partial = host.Layout.Partial(_seeded.Release("1.9.0"));
        Directory.CreateDirectory(partial);
        File.Copy(Path.Combine(_seeded.Directory, "app"), Path.Combine(partial, "app"));
        await File.WriteAllTextAsync(Path.Combine(partial, "stranger"), "stranger");

        await CrashAtEachStepAsync(host, Deploy, stepsMin: 30);
    }

    [Fact]
    public async Task AReleaseThatHasLinksToWhatSurvivesIt()
    {
        _shared = SharedPaths.Parse(["local.json", "logs/", "lib/plugins/"], []);
        using HostFixture host = new();
        Directory.CreateDirectory(host.Layout.Shared);
        await File.WriteAllTextAsync(Path.Combine(host.Layout.Shared, "local.json"), "local");

        await CrashAtEachStepAsync(host, Deploy, stepsMin: 25);
    }

    /// <summary>At no moment may the release that is being left be the one to go back to.</summary>
    [Fact]
    public async Task ARollback()
    {
        using HostFixture host = new();
        ReleaseId[] releases = [host.Stage("1.0.0"), host.Stage("1.1.0"), host.Stage("1.2.0")];
        await ActivateAsync(host, releases);

        await CrashAtEachStepAsync(host, at => [Activate(at, releases[1]) with { IsRollback = true }, new StopCommand()], stepsMin: 10);
    }

    [Fact]
    public async Task TheFirstReleaseIsTakenBack()
    {
        using HostFixture host = new();
        await ActivateAsync(host, host.Stage("1.0.0"));

        await CrashAtEachStepAsync(host, at => [new ActivateCommand(at.Root, Release: null) { IsRollback = true }, new StopCommand()], stepsMin: 5);
    }

    /// <summary>What a power cut may take: a name whose folder was not synced, or bytes behind a name that was. What was told to the deployer is neither.</summary>
    [Fact]
    public async Task EveryNameAndWhatItStandsForIsOnDiskBeforeTheNextCountsOnIt()
    {
        using HostFixture host = new();

        List<string> steps = [.. await RunUndisturbedAsync(host, Deploy(host))];

        List<string[]> words = [.. steps.Select(step => step.Split(' '))];
        Assert.All(words.Where(step => step[0] is "make" or "create" or "link" or "rename"), step =>
        {
            string name = step[0] == "rename" ? step[^1] : step[1];
            Assert.Contains($"sync {Path.GetDirectoryName(name)}", steps[words.IndexOf(step)..]);
        });
        Assert.Contains($"sync {host.Layout.Private}", steps[steps.IndexOf($"append to {host.Layout.AuditLog}")..]);
        Assert.All(words.Where(step => step[0] is "write" or "append"), step => Assert.Equal($"flush {step[^1]}", steps[words.IndexOf(step) + 1]));

        int staged = steps.IndexOf($"rename {host.Layout.Partial(Release)} to {host.Layout.Release(Release)}");
        Assert.InRange(steps.LastIndexOf("finish a file"), 0, staged);
        Assert.InRange(steps.IndexOf($"sync {host.Layout.Metainfos}"), 0, staged);
        Assert.Equal($"sync {host.Layout.Releases}", steps[staged + 1]);
        int switched = words.FindIndex(step => step[0] == "rename" && step[^1] == host.Layout.Current);
        Assert.Equal($"sync {host.Root}", steps[switched + 1]);
    }

    /// <summary>An agent died that had renamed something and not synced it; the next one finds it there and must not take it for being on disk.</summary>
    [Fact]
    public async Task WhatAnAgentHadNoTimeToSyncIsSyncedByTheNextOne()
    {
        using HostFixture undisturbed = new();
        string[] steps = await RunUndisturbedAsync(undisturbed, Deploy(undisturbed));
        int[] syncs = [.. Enumerable.Range(0, steps.Length).Where(step => steps[step].StartsWith($"sync {undisturbed.Root}", StringComparison.Ordinal))];
        Assert.InRange(syncs.Length, 6, 20);

        await Parallel.ForEachAsync(syncs, s_fewAtOnce, async (step, _) =>
        {
            using HostFixture host = new();
            using TestDirectory notes = new();
            await RunProcessAsync(Deploy(host), step, notes.Combine("steps"));

            string[] next = await RunUndisturbedAsync(host, Deploy(host));

            Assert.Contains(steps[step].Replace(undisturbed.Root, host.Root, StringComparison.Ordinal), next);
        });
    }

    private IReadOnlyList<AgentCommand> Deploy(HostFixture host) => [_seeded.Fetch(host, Release), Activate(host, Release) with { Shared = _shared }, new StopCommand { KeepReleases = 0 }];

    private static ActivateCommand Activate(HostFixture host, ReleaseId release) =>
        new(host.Root, release, "ann@laptop") { Steps = new ActivationSteps { BeforeActivate = "true", AfterActivate = "true" } };

    /// <param name="before">the host before the commands; stays as it is</param>
    private async Task CrashAtEachStepAsync(HostFixture before, Func<HostFixture, IReadOnlyList<AgentCommand>> commands, int stepsMin)
    {
        using HostFixture after = HostFixture.CopyOf(before);
        string[] steps = await RunUndisturbedAsync(after, commands(after));
        Assert.True(steps.Length >= stepsMin, $"only {steps.Length} steps:\n{string.Join('\n', steps)}");
        IReadOnlyList<string> expected = Describe(after);
        using TestDirectory notes = new();

        await Parallel.ForAsync(0, steps.Length, s_fewAtOnce, async (step, _) =>
        {
            using HostFixture host = HostFixture.CopyOf(before);
            await RunProcessAsync(commands(host), step, notes.Combine($"{step}"));
            string where = $"killed before step {step}, {File.ReadLines(notes.Combine($"{step}")).Last()}";
            AssertSound(host, where);
            Assert.True(History(host) == History(before) || History(host) == History(after), $"{where}: {History(host)} is neither {History(before)} nor {History(after)}");

            await CarryOutAsync(commands(host));

            Assert.True(expected.SequenceEqual(Describe(host)), $"{where}: the end is another:\n{string.Join('\n', Describe(host))}\ninstead of\n{string.Join('\n', expected)}");
            AssertSound(host, where);
        });
    }

    private async Task<string[]> RunUndisturbedAsync(HostFixture host, IReadOnlyList<AgentCommand> commands)
    {
        using TestDirectory notes = new();
        await RunProcessAsync(commands, crashAt: -1, notes.Combine("steps"));
        AssertSound(host, "undisturbed");
        return await File.ReadAllLinesAsync(notes.Combine("steps"));
    }

    /// <summary>As far as the agent lives.</summary>
    private static async Task RunProcessAsync(IReadOnlyList<AgentCommand> commands, int crashAt, string stepsPath)
    {
        using AgentProcess agent = await AgentProcess.StartCrashingAsync(crashAt, stepsPath);
        try
        {
            foreach (AgentCommand command in commands)
            {
                await agent.SendAsync(command);
                if (!await HasAnsweredAsync(agent))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // Expected: it was killed before it had read the command.
        }

        await agent.ExitedAsync();
    }

    /// <summary>False when the agent died before it could.</summary>
    private static async Task<bool> HasAnsweredAsync(AgentProcess agent)
    {
        while (await agent.ReadAnyAsync() is { } next)
        {
            Assert.IsNotType<AgentFailed>(next);
            if (next is AgentStaged or AgentActivated or AgentBye)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The same in this process, which saves the start of another.</summary>
    private static async Task CarryOutAsync(IReadOnlyList<AgentCommand> commands)
    {
        EventList events = new();
        FetchVerb? fetch = null;
        foreach (AgentCommand command in commands)
        {
            switch (command)
            {
                case FetchCommand release:
                    fetch = new FetchVerb(release, events, byChannel: null, FetchOptions.Default, _ => { }, TimeProvider.System, FileSteps.Unobserved);
                    await fetch.StageAsync(CancellationToken.None);
                    break;
                case ActivateCommand activate:
                    ActivateVerb verb = new(activate, events, LoginEnvironment.Capture(), ActivationOptions.Default, _ => { }, TimeProvider.System, FileSteps.Unobserved);
                    await verb.RunAsync(fetch?.LockOf(activate.Root), CancellationToken.None);
                    break;
                case StopCommand { KeepReleases: { } keep }:
                    Assert.Null(fetch!.Prune(keep));
                    await fetch.DisposeAsync();
                    break;
            }
        }
    }

    private static ReleaseStore At(HostFixture host) => ReleaseStore.At(host.Root, warning => Assert.Fail(warning), TimeProvider.System, FileSteps.Unobserved);

    private static Task ActivateAsync(HostFixture host, params ReleaseId[] releases) => CarryOutAsync([.. releases.Select(release => Activate(host, release))]);

    private async Task StageSameContentAsync(HostFixture host, ReleaseId release) =>
        await CarryOutAsync([_seeded.Fetch(host, release), Activate(host, release), new StopCommand { KeepReleases = 0 }]);

    /// <summary>What a service or the next deploy may count on, whatever happened.</summary>
    private void AssertSound(HostFixture host, string where)
    {
        ReleaseStore releases = At(host);
        Assert.True(releases.LockedBy() is null, $"{where}: the lock is held");
        Assert.True(releases.Current() is not { } current || releases.Staged().Any(staged => staged.Value == current), $"{where}: current points to nothing");
        Assert.All(releases.Staged(), staged => AssertWhole(host, staged));
        string[] log = File.Exists(host.Layout.AuditLog) ? File.ReadAllLines(host.Layout.AuditLog) : [];
        Assert.All(log.Where(line => line != "{\"cut sho"), line => Assert.NotNull(JsonSerializer.Deserialize(line, HostJson.Default.AuditEntry)));
    }

    private void AssertWhole(HostFixture host, ReleaseId staged)
    {
        if (staged.ContentId == _seeded.ContentId && _shared.All.Count > 0)
        {
            Assert.Null(StagedFolder.FirstDifference(host.Layout.Release(staged), _seeded.Metainfo));
        }
        else if (staged.ContentId == _seeded.ContentId)
        {
            _seeded.AssertIsAt(host.Layout.Release(staged));
        }
        else
        {
            Assert.Equal(staged.Value, File.ReadAllText(Path.Combine(host.Layout.Release(staged), "release.txt")));
        }
    }

    private static string History(HostFixture host) => $"{At(host).Current() ?? "nothing"} after {At(host).Previous() ?? "nothing"}";

    /// <summary>Everything but who held the lock and when what was done; of the audit log, what follows from it.</summary>
    private IReadOnlyList<string> Describe(HostFixture host) =>
    [
        History(host),
        $"settled: {At(host).ReadHistory().Settled == Release.Value}",
        .. TreeSnapshot.Of(host.Root).Where(line => !line.StartsWith(".murder/lock ", StringComparison.Ordinal) && !line.StartsWith(".murder/audit.jsonl ", StringComparison.Ordinal)),
    ];
}
