using System.Globalization;
using System.Text.Json;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>The steps around the switch, with real agents, shells and listeners; systemctl is a script that stands first in PATH.</summary>
public sealed class StepsTests : IDisposable
{
    private const string Log = "echo \"$0 $(readlink \"$MURDER_CURRENT\")\" >>\"$MURDER_ROOT/log\"";

    private readonly HostFixture _host = new();
    private readonly TestDirectory _tools = new();

    private string LogPath => Path.Combine(_host.Root, "log");

    public void Dispose()
    {
        _host.Dispose();
        _tools.Dispose();
    }

    [Fact]
    public async Task StepsAreDoneInOrderAroundTheSwitch()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        List<string> logAtHealthCheck = [];
        await using HealthServer server = new(request =>
        {
            logAtHealthCheck.AddRange(File.ReadAllLines(LogPath));
            return "200 OK";
        });
        using AgentProcess agent = await StartAsync(systemctl: $"set -- \"$*\"; sh -c '{Log}' \"$1\"");

        await agent.SendAsync(Activate(second) with
        {
            Steps = new ActivationSteps
            {
                BeforeActivate = Logging("before"),
                Service = "web.service",
                AfterActivate = Logging("after"),
                HealthUrl = $"http://localhost:{server.Port}/",
            },
        });

        Assert.Equal(new AgentSwitched(second, first.Value), await NextAsync(agent));
        Assert.Equal(new AgentActivated(second), await NextAsync(agent));
        Assert.Equal([$"before releases/{first}", $"restart web.service releases/{second}", $"after releases/{second}"], logAtHealthCheck);
        Assert.Equal(1, server.RequestCount);
        Assert.Equal([$"activate {first} switching", $"activate {first} ok", $"activate {second} switching", $"activate {second} switched", $"activate {second} ok"], Audit());
    }

    [Fact]
    public async Task CommandsSeeTheLoginAndWhatIsActivatedAndNotTheChannel()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync(environment: [("HOME", "/home/ann"), ("OPENSSL_CONF", "/etc/my.cnf"), ("SSL_CERT_FILE", null), ("MURDER_ROOT", "/elsewhere"), ("GREETING", "good\nmorning")]);

        await agent.SendAsync(Activate(second) with { Steps = new ActivationSteps { AfterActivate = "env -0 >\"$MURDER_ROOT/env\"; pwd >\"$MURDER_ROOT/folder\"; cat >\"$MURDER_ROOT/input\"" } });
        await agent.ReadAsync<AgentActivated>();

        Dictionary<string, string> seen = (await File.ReadAllTextAsync(Path.Combine(_host.Root, "env"))).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal("/home/ann", seen["HOME"]);
        Assert.Equal("/etc/my.cnf", seen["OPENSSL_CONF"]);
        Assert.Equal("good\nmorning", seen["GREETING"]);
        Assert.DoesNotContain("SSL_CERT_FILE", seen.Keys);
        Assert.DoesNotContain("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", seen.Keys);
        Assert.Equal(second.Value, seen["MURDER_RELEASE"]);
        Assert.Equal(_host.Layout.Release(second), seen["MURDER_RELEASE_PATH"]);
        Assert.Equal(first.Value, seen["MURDER_PREVIOUS"]);
        Assert.Equal(_host.Root, seen["MURDER_ROOT"]);
        Assert.Equal(_host.Layout.Current, seen["MURDER_CURRENT"]);
        Assert.Equal(_host.Layout.Release(second) + "\n", await File.ReadAllTextAsync(Path.Combine(_host.Root, "folder")));
        Assert.Equal("", await File.ReadAllTextAsync(Path.Combine(_host.Root, "input")));
    }

    [Fact]
    public async Task CommandsSeeTheVariablesOfTheHostAndTheNameOfTheService()
    {
        (_, ReleaseId second) = await StageTwoAsync();
        Share("murder.env", "DATABASE=a $(touch pwned) \"b\"\nGREETING=from the file\n");
        using AgentProcess agent = await StartAsync(environment: [("GREETING", "from the login")]);

        await agent.SendAsync(Activate(second) with { Application = "web", Steps = new ActivationSteps { BeforeActivate = "printf '%s|%s|%s' \"$DATABASE\" \"$GREETING\" \"$MURDER_APPLICATION\" >\"$MURDER_ROOT/seen\"" } });
        await agent.ReadAsync<AgentActivated>();

        Assert.Equal("a $(touch pwned) \"b\"|from the file|web", await File.ReadAllTextAsync(Path.Combine(_host.Root, "seen")));
    }

    [Fact]
    public async Task VariablesThatCannotBeReadStopTheActivationBeforeAnythingIsDone()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        Share("murder.env", "export PASSWORD=secret");
        using AgentProcess agent = await StartAsync();

        AgentFailed failed = await agent.ReadFailureAsync(Activate(second) with { Steps = new ActivationSteps { AfterActivate = Logging("after") } });

        Assert.Equal(HostFailure.VariablesUnusable, failed.Failure);
        Assert.StartsWith($"line 1 of {_host.Root}/shared/murder.env ", failed.Detail, StringComparison.Ordinal);
        Assert.Equal(first.Value, _host.ActiveText());
        await agent.SendAsync(Activate(second)); // without commands nobody asks for them
        await agent.ReadAsync<AgentActivated>();
    }

    [Fact]
    public async Task WhatReleasesShareIsThereWhenTheFirstCommandRuns()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        ActivateCommand command = Activate(second) with { Shared = Shared("a.json", "logs/"), Steps = new ActivationSteps { BeforeActivate = "cat a.json >logs/seen" } };
        using AgentProcess agent = await StartAsync();

        AgentFailed failed = await agent.ReadFailureAsync(command);
        Assert.Equal(new AgentFailed(HostFailure.SharedMissing, $"{_host.Layout.Shared} lacks a.json"), failed);
        Assert.Equal(first.Value, _host.ActiveText());
        Assert.Equal($"activate {second} SharedMissing: {failed.Detail}", Audit()[^1]);

        Share("a.json", "local");
        await agent.SendAsync(command);
        await agent.ReadAsync<AgentActivated>();
        Assert.Equal("local", await File.ReadAllTextAsync(Path.Combine(_host.Layout.Shared, "logs/seen")));
        await agent.SendAsync(command);
        Assert.True((await agent.ReadAsync<AgentActivated>()).WasDone);

        await agent.SendAsync(command with { Shared = Shared("a.json", "logs/", "data/") });
        Assert.False((await agent.ReadAsync<AgentActivated>()).WasDone);
        Assert.True(Directory.Exists(Path.Combine(_host.Layout.Current, "data/")));
    }

    /// <summary>A release that ran without them is to run without them again, and nothing that is missing now keeps a host from going back.</summary>
    [Fact]
    public async Task AWayBackLeavesTheLinksOfTheEarlierReleaseAsTheyWere()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        Share("a.json", "local");
        using AgentProcess agent = await StartAsync();
        await agent.SendAsync(Activate(second) with { Shared = Shared("a.json") });
        await agent.ReadAsync<AgentActivated>();
        File.Delete(Path.Combine(_host.Layout.Shared, "a.json"));

        await agent.SendAsync(Activate(first) with { IsRollback = true, Shared = Shared("a.json") });
        await agent.ReadAsync<AgentActivated>();

        Assert.Equal(["release.txt"], Directory.EnumerateFileSystemEntries(_host.Layout.Release(first)).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task ACommandThatFailsBeforeTheSwitchLeavesWhatIsActive()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync();

        await agent.SendAsync(Activate(second) with { Steps = new ActivationSteps { BeforeActivate = "echo no database >&2; exit 3", AfterActivate = Logging("after") } });

        string said = "BeforeActivate 'echo no database >&2; exit 3' ended with exit code 3: no database";
        Assert.Equal(new AgentFailed(HostFailure.HookFailed, said), await NextAsync(agent));
        Assert.Equal(first.Value, _host.ActiveText());
        Assert.False(File.Exists(LogPath));
        Assert.Equal([$"activate {first} switching", $"activate {first} ok", $"activate {second} HookFailed: {said}"], Audit());
    }

    [Fact]
    public async Task ACommandThatFailsAfterTheSwitchLeavesTheNewReleaseActive()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync();

        await agent.SendAsync(Activate(second) with { Steps = new ActivationSteps { AfterActivate = "exit 1", HealthUrl = "http://localhost:1/" } });

        Assert.Equal(new AgentSwitched(second, first.Value), await NextAsync(agent));
        Assert.Equal(new AgentFailed(HostFailure.HookFailed, "AfterActivate 'exit 1' ended with exit code 1"), await NextAsync(agent));
        Assert.Equal(second.Value, _host.ActiveText());
        Assert.Equal([$"activate {second} switched", $"activate {second} HookFailed: AfterActivate 'exit 1' ended with exit code 1"], Audit().TakeLast(2));
        Assert.Equal(first.Value, (await StatusAsync(agent)).Previous);
    }

    [Fact]
    public async Task AServiceThatIsNotRestartedIsAFailureOfItsOwn()
    {
        (_, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync(systemctl: "echo 'Unit web.service not found.' >&2; exit 5");

        await agent.SendAsync(Activate(second) with { Steps = new ActivationSteps { Service = "web.service", AfterActivate = Logging("after") } });

        Assert.IsType<AgentSwitched>(await NextAsync(agent));
        Assert.Equal(new AgentFailed(HostFailure.ServiceFailed, "'systemctl restart web.service' ended with exit code 5: Unit web.service not found."), await NextAsync(agent));
        Assert.False(File.Exists(LogPath));
    }

    [Fact]
    public async Task AHostWithoutSystemdSaysSo()
    {
        (_, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync(environment: [("PATH", _tools.Path)]);

        AgentFailed failed = await agent.ReadFailureAsync(Activate(second) with { Steps = new ActivationSteps { Service = "web.service" } });

        Assert.Equal(HostFailure.ServiceFailed, failed.Failure);
        Assert.Contains("systemctl: not found", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServiceThatIsNotHealthyInTimeIsTold()
    {
        (_, ReleaseId second) = await StageTwoAsync();
        await using HealthServer server = new(_ => "503 Service Unavailable");
        using AgentProcess agent = await StartAsync();

        await agent.SendAsync(Activate(second) with { Steps = new ActivationSteps { HealthUrl = $"http://127.0.0.1:{server.Port}/", HealthTimeoutSeconds = 2.5 } });

        Assert.IsType<AgentSwitched>(await NextAsync(agent));
        AgentFailed failed = await agent.ReadAsync<AgentFailed>();
        Assert.Equal(HostFailure.Unhealthy, failed.Failure);
        Assert.EndsWith("within 2.5 s; the last answer was: HTTP 503", failed.Detail, StringComparison.Ordinal);
        Assert.StartsWith($"activate {second} Unhealthy: http", Audit()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AUrlThatCannotBeAskedIsRefusedBeforeAnythingIsDone()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync();

        await agent.SendAsync(Activate(second) with { Steps = new ActivationSteps { BeforeActivate = Logging("before"), HealthUrl = "http://no-such-host.example/" } });

        Assert.Equal(HostFailure.Unhealthy, Assert.IsType<AgentFailed>(await NextAsync(agent)).Failure);
        Assert.Equal(first.Value, _host.ActiveText());
        Assert.False(File.Exists(LogPath));
    }

    [Fact]
    public async Task ALongStepIsToldToBeAtWorkAndPingsAreAnswered()
    {
        (_, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync();
        await agent.SendAsync(Activate(second) with { Steps = new ActivationSteps { BeforeActivate = "while [ ! -f go ]; do sleep 0.05; done" } });
        await agent.SendAsync(new PingCommand(7));

        await agent.ReadAsync<AgentPong>();
        Assert.Equal(AgentWork.Activating, Assert.IsType<AgentWorking>(await agent.ReadAnyAsync()).Work);
        Assert.True(Assert.IsType<AgentWorking>(await agent.ReadAnyAsync()).Done > 2);
        await File.WriteAllTextAsync(Path.Combine(_host.Layout.Release(second), "go"), "");
        await agent.ReadAsync<AgentActivated>();
    }

    [Fact]
    public async Task WhatACommandLeavesRunningStaysWhenTheAgentHasGone()
    {
        (_, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync();

        await agent.SendAsync(Activate(second) with { Steps = new ActivationSteps { AfterActivate = "sleep 300 & echo $! >\"$MURDER_ROOT/daemon\"" } });
        await agent.ReadAsync<AgentActivated>();
        await agent.SendAsync(new StopCommand());
        await agent.ReadAsync<AgentBye>();
        await agent.ExitedAsync();

        int daemon = await ReadIdAsync("daemon");
        Assert.True(ProcessTree.IsRunning(daemon));
        ProcessTree.Kill(daemon);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("abort")]
    [InlineData("gone")]
    public async Task NoProcessOfAStepOutlivesItsDeploy(string end)
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync();
        await agent.SendAsync(Activate(second) with { Steps = new ActivationSteps { BeforeActivate = "trap '' TERM; sleep 300 & echo $! >\"$MURDER_ROOT/child\"; echo $$ >\"$MURDER_ROOT/shell\"; sleep 300" } });
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(_host.Root, "shell")));
        int[] ids = [await ReadIdAsync("shell"), await ReadIdAsync("child")];
        Assert.All(ids, id => Assert.True(ProcessTree.IsRunning(id)));

        await EndAsync(agent, end);

        await Eventually.TrueAsync(() => !ids.Any(ProcessTree.IsRunning));
        Assert.Equal(first.Value, _host.ActiveText());
        Assert.Equal($"activate {second} Cancelled: the deploy ended before the steps did", Audit()[^1]);
        using AgentProcess next = await StartAsync();
        Assert.Null((await StatusAsync(next)).LockedBy);
    }

    [Fact]
    public async Task ARollbackTakesTheReleaseOutOfTheHistoryAndPreparesNothing()
    {
        ReleaseId[] releases = [_host.Stage("1.0.0"), _host.Stage("1.1.0"), _host.Stage("1.2.0")];
        using AgentProcess agent = await StartAsync();
        foreach (ReleaseId release in releases)
        {
            await agent.SendAsync(Activate(release));
            await agent.ReadAsync<AgentActivated>();
        }

        await agent.SendAsync(Activate(releases[1]) with { IsRollback = true, Steps = new ActivationSteps { BeforeActivate = Logging("before"), AfterActivate = Logging("after") } });

        Assert.Equal(new AgentSwitched(releases[1], releases[2].Value), await NextAsync(agent));
        Assert.Equal(new AgentActivated(releases[1]), await NextAsync(agent));
        Assert.Equal([$"after releases/{releases[1]}"], await File.ReadAllLinesAsync(LogPath));
        Assert.Equal($"rollback {releases[1]} ok", Audit()[^1]);
        AgentStatus status = await StatusAsync(agent);
        Assert.Equal((releases[1].Value, releases[0].Value), (status.Current, status.Previous));
    }

    [Fact]
    public async Task TheFirstReleaseIsTakenBackToNothing()
    {
        ReleaseId release = _host.Stage("1.0.0");
        using AgentProcess agent = await StartAsync(systemctl: "echo \"$*\" >>\"$MURDER_ROOT/log\"");
        await agent.SendAsync(Activate(release));
        await agent.ReadAsync<AgentActivated>();
        ActivateCommand takeBack = new(_host.Root, Release: null, "ann@laptop") { IsRollback = true, Steps = new ActivationSteps { Service = "web.service", AfterActivate = "exit 1", HealthUrl = "http://localhost:1/" } };

        await agent.SendAsync(takeBack);

        Assert.Equal(new AgentSwitched(null, release.Value), await NextAsync(agent));
        Assert.Equal(new AgentActivated(null), await NextAsync(agent));
        Assert.Null(new FileInfo(_host.Layout.Current).LinkTarget);
        Assert.Equal(["stop web.service"], await File.ReadAllLinesAsync(LogPath));
        Assert.Equal("rollback - ok", Audit()[^1]);
        AgentStatus status = await StatusAsync(agent);
        Assert.Null(status.Current);
        Assert.Null(status.Previous);

        await agent.SendAsync(takeBack);
        Assert.Equal(new AgentSwitched(null, null, WasActive: true), await NextAsync(agent));
        Assert.Equal(new AgentActivated(null), await NextAsync(agent));
    }

    [Fact]
    public async Task OnlyARollbackMayNameNoRelease()
    {
        (ReleaseId first, _) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync();

        AgentFailed failed = await agent.ReadFailureAsync(new ActivateCommand(_host.Root, Release: null));

        Assert.Equal(HostFailure.ProtocolMismatch, failed.Failure);
        Assert.Equal(first.Value, _host.ActiveText());
    }

    [Fact]
    public async Task TheSameCommandAgainDoesTheStepsAgain()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync();
        ActivateCommand command = Activate(second) with { Steps = new ActivationSteps { BeforeActivate = Logging("before"), AfterActivate = "test -f mended" } };
        await agent.SendAsync(command);
        await agent.ReadAsync<AgentFailed>();
        await File.WriteAllTextAsync(Path.Combine(_host.Layout.Release(second), "mended"), "");

        await agent.SendAsync(command);

        Assert.Equal(new AgentSwitched(second, first.Value, WasActive: true), await NextAsync(agent));
        Assert.Equal(new AgentActivated(second), await NextAsync(agent));
        Assert.Equal([$"before releases/{first}", $"before releases/{second}"], await File.ReadAllLinesAsync(LogPath));
        Assert.Equal([$"activate {second} HookFailed: AfterActivate 'test -f mended' ended with exit code 1", $"activate {second} ok"], Audit().TakeLast(2));
        Assert.Equal(first.Value, (await StatusAsync(agent)).Previous);
    }

    [Fact]
    public async Task AReleaseThatRunsInHealthIsLeftAlone()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        string answer = "200 OK";
        await using HealthServer server = new(_ => answer);
        using AgentProcess agent = await StartAsync(systemctl: "echo \"$*\" >>\"$MURDER_ROOT/log\"; test \"$1\" != is-active || test ! -e \"$MURDER_ROOT/down\"");
        ActivateCommand command = Activate(second) with
        {
            Steps = new ActivationSteps { BeforeActivate = "echo before >>\"$MURDER_ROOT/log\"", Service = "web.service", HealthUrl = $"http://localhost:{server.Port}/" },
        };
        string[] all = ["before", "restart web.service"];
        await agent.SendAsync(command);
        await agent.ReadAsync<AgentActivated>();

        await agent.SendAsync(command);

        Assert.Equal(new AgentSwitched(second, first.Value, WasActive: true, WasSettled: true), await NextAsync(agent));
        Assert.Equal(new AgentActivated(second, WasDone: true), await NextAsync(agent));
        Assert.Equal(string.Join('\n', [.. all, "is-active web.service", ""]), await File.ReadAllTextAsync(LogPath));

        await File.WriteAllTextAsync(Path.Combine(_host.Root, "down"), "");
        await agent.SendAsync(command);
        Assert.False((await agent.ReadAsync<AgentActivated>()).WasDone);
        Assert.Equal(string.Join('\n', [.. all, "is-active web.service", "is-active web.service", .. all, ""]), await File.ReadAllTextAsync(LogPath));
    }

    /// <summary>The process that runs is of the release before: nobody has restarted it.</summary>
    [Fact]
    public async Task StepsThatWereNeverDoneAreDoneThoughTheReleaseRunsAlready()
    {
        (_, ReleaseId second) = await StageTwoAsync();
        using AgentProcess agent = await StartAsync(systemctl: "echo \"$*\" >>\"$MURDER_ROOT/log\"");
        await agent.SendAsync(Activate(second));
        await agent.ReadAsync<AgentActivated>();

        ActivateCommand command = Activate(second) with { Steps = new ActivationSteps { Service = "web.service" } };
        await agent.SendAsync(command);
        Assert.False((await agent.ReadAsync<AgentActivated>()).WasDone);
        await agent.SendAsync(command);
        Assert.True((await agent.ReadAsync<AgentActivated>()).WasDone);

        Assert.Equal(["restart web.service", "is-active web.service"], await File.ReadAllLinesAsync(LogPath));
    }

    [Fact]
    public async Task AnActivationThatDidNotComeToItsEndIsDoneAgainHoweverHealthyTheServiceIs()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        ActivateCommand command = Activate(second) with { Steps = new ActivationSteps { AfterActivate = "test -e \"$MURDER_ROOT/again\" || kill -9 $PPID" } };
        using (AgentProcess killed = await StartAsync())
        {
            await killed.SendAsync(command);
            await killed.ExitedAsync();
        }

        await File.WriteAllTextAsync(Path.Combine(_host.Root, "again"), "");
        using AgentProcess agent = await StartAsync();
        await agent.SendAsync(command);

        Assert.False((await agent.ReadAsync<AgentActivated>()).WasDone);
        Assert.Equal([$"activate {first} switching", $"activate {first} ok", $"activate {second} switching", $"activate {second} switched", $"activate {second} ok"], Audit());
    }

    [Fact]
    public async Task WhatADeployerThatDiedLeftUndoneTheNextRunDoes()
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        const string Systemctl = "echo \"$@\" >>\"$MURDER_ROOT/services\"";
        ActivateCommand command = Activate(second) with
        {
            Steps = new ActivationSteps { Service = "web.service", AfterActivate = "test -e \"$MURDER_ROOT/waiting\" || { touch \"$MURDER_ROOT/waiting\"; sleep 300; }" },
        };
        using (AgentProcess abandoned = await StartAsync(Systemctl))
        {
            await abandoned.SendAsync(command);
            await Eventually.TrueAsync(() => File.Exists(Path.Combine(_host.Root, "waiting")));
            await EndAsync(abandoned, "gone");
        }

        Assert.Equal(second.Value, _host.ActiveText());
        Assert.Equal([$"activate {second} switched", $"activate {second} Cancelled: the deploy ended before the steps did"], Audit().TakeLast(2));
        using AgentProcess agent = await StartAsync(Systemctl);
        await agent.SendAsync(command);

        Assert.False((await agent.ReadAsync<AgentActivated>()).WasDone);
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(_host.Root, "services"))).Count(line => line.Contains("restart", StringComparison.Ordinal)));
        Assert.Equal(first.Value, (await StatusAsync(agent)).Previous);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-alias")]
    public async Task ALockIsTakenFromWhoHoldsItWhenTheDeployIsToldTo(string root)
    {
        (ReleaseId first, ReleaseId second) = await StageTwoAsync();
        Directory.CreateSymbolicLink(_host.Root + "-alias", _host.Root);
        using AgentProcess holder = await StartAsync();
        await holder.SendAsync(Activate(second) with { Steps = new ActivationSteps { BeforeActivate = "touch \"$MURDER_ROOT/begun\"; sleep 1000" } });
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(_host.Root, "begun")));
        using AgentProcess agent = await StartAsync();

        await agent.SendAsync(Activate(second) with { Root = _host.Root + root, DeployedBy = "bob@ci", BreaksLock = true });

        await agent.ReadAsync<AgentActivated>();
        await holder.ExitedAsync();
        Assert.Equal(second.Value, _host.ActiveText());
        Assert.Contains(Audit(), line => line.StartsWith($"break-lock - ended the agent of ann@laptop (release {second}, agent process ", StringComparison.Ordinal));
        Assert.Equal(first.Value, (await StatusAsync(agent)).Previous);
    }

    private static string Logging(string name) => $"sh -c '{Log}' {name}";

    private ActivateCommand Activate(ReleaseId release) => new(_host.Root, release, "ann@laptop");

    private static SharedPaths Shared(params string[] paths) => SharedPaths.Parse(paths, []);

    private void Share(string path, string text)
    {
        Directory.CreateDirectory(_host.Layout.Shared);
        File.WriteAllText(Path.Combine(_host.Layout.Shared, path), text);
    }

    /// <summary>Two releases, the first of them active.</summary>
    private async Task<(ReleaseId First, ReleaseId Second)> StageTwoAsync()
    {
        (ReleaseId First, ReleaseId Second) releases = (_host.Stage("1.0.0"), _host.Stage("1.1.0"));
        using AgentProcess agent = await AgentProcess.StartAsync();
        await agent.SendAsync(Activate(releases.First));
        await agent.ReadAsync<AgentActivated>();
        return releases;
    }

    /// <param name="systemctl">what it does; null for what the machine has</param>
    private async Task<AgentProcess> StartAsync(string? systemctl = null, params (string Name, string? Value)[] environment)
    {
        if (systemctl is not null)
        {
            string path = _tools.Write("systemctl", System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\n{systemctl}\n"));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            environment = [.. environment, ("PATH", $"{_tools.Path}:{Environment.GetEnvironmentVariable("PATH")}")];
        }

        return await AgentProcess.StartAsync(environment: environment);
    }

    /// <summary>Whatever else than that it is at work: a busy machine may take a while.</summary>
    private static async Task<AgentEvent?> NextAsync(AgentProcess agent)
    {
        AgentEvent? next;
        do
        {
            next = await agent.ReadAnyAsync();
        }
        while (next is AgentWorking);
        return next;
    }

    private static async Task EndAsync(AgentProcess agent, string end)
    {
        if (end == "gone")
        {
            agent.CloseInput();
            Assert.Equal(3, await agent.ExitedAsync());
            return;
        }

        await agent.SendAsync(end == "stop" ? new StopCommand() : new AbortCommand());
        await agent.ReadAsync<AgentBye>();
    }

    private async Task<AgentStatus> StatusAsync(AgentProcess agent)
    {
        await agent.SendAsync(new StatusCommand(_host.Root));
        return await agent.ReadAsync<AgentStatus>();
    }

    private async Task<int> ReadIdAsync(string file) =>
        int.Parse(await File.ReadAllTextAsync(Path.Combine(_host.Root, file)), CultureInfo.InvariantCulture);

    /// <summary>Verb, release and result of each entry; "-" for no release.</summary>
    private List<string> Audit() =>
        [.. File.ReadAllLines(_host.Layout.AuditLog)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Select(entry => $"{entry.GetProperty("verb").GetString()} {entry.GetProperty("release").GetString() ?? "-"} {entry.GetProperty("result").GetString()}")];
}
