namespace Murder.Deploy;

/// <summary>
/// Launches each host's agent in the host's own way, and opens further shells on hosts of other machines. To be disposed after all that it has launched and opened.
/// </summary>
/// <param name="shells">null when all hosts are of this machine</param>
internal sealed class AgentLauncher(IAgentLauncher local, IAgentLauncher remote, IShellConnector? shells) : IAgentLauncher, IShellConnector, IAsyncDisposable
{
    /// <summary>Agents sent so far, to hosts that had none.</summary>
    public int UploadCount => (remote as ShellAgentLauncher)?.UploadCount ?? 0;

    /// <summary>Agents that such hosts brought to each other.</summary>
    public int SpreadCount => (remote as ShellAgentLauncher)?.SpreadCount ?? 0;

    /// <summary>Reads the SSH files and the agents to bring, once for the deploy, and only if some host is not of this machine.</summary>
    /// <param name="spreads">hosts may bring the agent to each other; not those whose agent is stopped as soon as it has answered, and with it what hands it on</param>
    /// <exception cref="DeploymentException">a file the user named is missing, or an agent of the package is damaged</exception>
    public static AgentLauncher Create(DeploymentSettings settings, IReadOnlyList<TargetHost> hosts, bool spreads, TimeProvider time)
    {
        var local = new LocalAgentLauncher(settings.AgentDirectory, time);
        if (hosts.All(host => host.IsLocal))
        {
            return new AgentLauncher(local, local, shells: null);
        }

        IShellConnector connector = ConnectorOf(settings, time);
        try
        {
            ShellAgentLauncher remote = new(connector, AgentPackage.ReadAll(settings.AgentDirectory), settings.AgentDirectory, time, spreads ? DeskFor(settings, hosts, time) : null);
            return new AgentLauncher(local, remote, connector);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DeploymentException(SshProblems.AgentUnreadable(settings.AgentDirectory, e.Message));
        }
    }

    /// <summary>What <see cref="Create"/> would throw. Without hosts, since something is wrong with those, what the user named is checked all the same.</summary>
    public static IReadOnlyList<Problem> Check(DeploymentSettings settings, IReadOnlyList<TargetHost> hosts)
    {
        try
        {
            if (hosts.Count == 0)
            {
                ConnectorOf(settings, TimeProvider.System);
            }
            else
            {
                Create(settings, hosts, spreads: false, TimeProvider.System);
            }

            return [];
        }
        catch (DeploymentException e)
        {
            return e.Problems;
        }
    }

    public ValueTask DisposeAsync() => shells is IAsyncDisposable shared ? shared.DisposeAsync() : ValueTask.CompletedTask;

    internal static SpreadDesk? DeskFor(DeploymentSettings settings, IReadOnlyList<TargetHost> hosts, TimeProvider time)
    {
        var limits = new AgentSpreadLimits();
        // What hosts hand on as the agent arrives, no budget holds.
        return !SettingsValidator.IsRateLimited(settings) && hosts.Count(host => !host.IsLocal) > limits.SmallFleetMax ? new SpreadDesk(limits, SettingsValidator.PortOf(settings), time) : null;
    }

    private static IShellConnector ConnectorOf(DeploymentSettings settings, TimeProvider time) =>
        CommandTemplate.Of(settings.Transport) is { } template ? new CommandConnector(template, time) : new SshConnector(SshOptions.From(settings), time);

    public Task<AgentChannel> LaunchAsync(TargetHost host, CancellationToken cancellationToken) =>
        (host.IsLocal ? local : remote).LaunchAsync(host, cancellationToken);

    /// <inheritdoc/>
    public Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken) =>
        host.IsLocal || shells is null ? throw new InvalidOperationException($"{host.Name} is of this machine") : shells.OpenAsync(host, cancellationToken);
}
