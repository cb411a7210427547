using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>The steps of one activation but the switch itself. Each waits for its end and throws when it is not a good one.</summary>
internal sealed class StepRunner : IDisposable
{
    private static readonly TimeSpan HealthPatienceMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HealthPatienceMax = TimeSpan.FromDays(1);

    private readonly ActivateCommand _command;
    private readonly ReleaseLayout _layout;
    private readonly LoginEnvironment _login;
    private readonly ActivationOptions _options;
    private readonly TimeProvider _time;
    private readonly HealthCheck? _health;
    private readonly IReadOnlyDictionary<string, string> _variables;

    /// <exception cref="VerbException">a step can never be done, as far as can be seen before the first</exception>
    public StepRunner(ActivateCommand command, ReleaseLayout layout, LoginEnvironment login, ActivationOptions options, TimeProvider time)
    {
        _command = command;
        _layout = layout;
        _login = login;
        _options = options;
        _time = time;
        _variables = HasCommands ? HookVariables.Read(layout.Variables) : new Dictionary<string, string>();
        _health = command.Release is not null && Steps.HealthUrl.Length > 0 ? HealthCheck.Of(Steps.HealthUrl, HostsFile.Read(), options, time) : null;
    }

    private ActivationSteps Steps => _command.Steps;

    private bool HasCommands => _command.Release is not null && (Steps.AfterActivate.Length > 0 || (Steps.BeforeActivate.Length > 0 && !_command.IsRollback));

    /// <param name="previous">what <c>current</c> points to before the switch</param>
    /// <exception cref="VerbException"/>
    public async Task RunBeforeSwitchAsync(string? previous, CancellationToken cancellationToken)
    {
        if (_command.Release is { } release && !_command.IsRollback)
        {
            await RunHookAsync(nameof(Steps.BeforeActivate), Steps.BeforeActivate, release, previous, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="RunBeforeSwitchAsync"/>
    public async Task RunAfterSwitchAsync(string? previous, CancellationToken cancellationToken)
    {
        if (_command.Release is not { } release)
        {
            await ControlServiceAsync("stop", previous, cancellationToken).ConfigureAwait(false);
            return;
        }

        await ControlServiceAsync("restart", previous, cancellationToken).ConfigureAwait(false);
        await RunHookAsync(nameof(Steps.AfterActivate), Steps.AfterActivate, release, previous, cancellationToken).ConfigureAwait(false);
        if (_health is not null)
        {
            await _health.WaitAsync(HealthPatience(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether what an earlier activation left runs still: the service is active, and the URL answers. Changes nothing.</summary>
    /// <exception cref="OperationCanceledException"/>
    public async Task<bool> IsAliveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ControlServiceAsync("is-active", previous: null, cancellationToken).ConfigureAwait(false);
            if (_health is not null)
            {
                await _health.WaitAsync(_options.HealthAnswerMax, cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        catch (VerbException)
        {
            return false; // an expected answer: all steps will be done again
        }
    }

    /// <summary>
    /// What can be told of the steps without taking one: whether systemd knows the service. Nothing is told of it where a command goes before its
    /// restart, which may be the one that installs it.
    /// </summary>
    /// <exception cref="VerbException">a step would fail</exception>
    public async Task ForeseeAsync(CancellationToken cancellationToken)
    {
        if (Steps.Service.Length == 0 || Steps.BeforeActivate.Length > 0)
        {
            return;
        }

        HookEnd end = await RunAsync(HookCommand.LoadState(Steps.Service), HostFailure.ServiceFailed, previous: null, cancellationToken).ConfigureAwait(false);
        if (end.LastLines.Trim() is var state and not "loaded")
        {
            throw new VerbException(HostFailure.ServiceFailed, $"systemd cannot restart {Steps.Service}: it has no such unit that is in order ({state})");
        }
    }

    public void Dispose() => _health?.Dispose();

    private async Task RunHookAsync(string step, string command, ReleaseId release, string? previous, CancellationToken cancellationToken)
    {
        if (command.Length > 0)
        {
            await RunAsync(HookCommand.InFolder(step, command, _layout.Release(release)), HostFailure.HookFailed, previous, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ControlServiceAsync(string verb, string? previous, CancellationToken cancellationToken)
    {
        if (Steps.Service.Length > 0)
        {
            await RunAsync(HookCommand.Systemctl(verb, Steps.Service), HostFailure.ServiceFailed, previous, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<HookEnd> RunAsync(HookCommand command, HostFailure failure, string? previous, CancellationToken cancellationToken)
    {
        HookEnd end;
        try
        {
            end = await HookProcess.RunAsync(command, Environment(previous), _options, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new VerbException(failure, $"{command.Name} could not be run: {e.Message}", e);
        }

        return end.IsGood ? end : throw new VerbException(failure, $"{command.Name} {end}");
    }

    /// <summary>Of the login, what the host has for commands, and what a command may want to know.</summary>
    private IReadOnlyList<string> Environment(string? previous) => _login.With(new Dictionary<string, string>(_variables)
    {
        ["MURDER_APPLICATION"] = _command.Application,
        ["MURDER_RELEASE"] = _command.Release?.Value ?? "",
        ["MURDER_RELEASE_PATH"] = _command.Release is { } release ? _layout.Release(release) : "",
        ["MURDER_PREVIOUS"] = previous ?? "",
        ["MURDER_ROOT"] = _layout.Root,
        ["MURDER_CURRENT"] = _layout.Current,
    });

    private TimeSpan HealthPatience() =>
        TimeSpan.FromSeconds(Math.Clamp(Steps.HealthTimeoutSeconds, HealthPatienceMin.TotalSeconds, HealthPatienceMax.TotalSeconds));
}
