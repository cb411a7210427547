using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Brings the agent to a host through one shell there, whatever carries it. How many hosts at once is the caller's matter.</summary>
internal sealed class ShellAgentLauncher : IAgentLauncher
{
    private readonly IShellConnector _connector;
    private readonly AgentBootstrap _bootstrap;
    private readonly SpreadDesk? _desk;
    private readonly string _agentDirectory;
    private readonly bool _hasPackages;

    /// <param name="agentDirectory">where the packages came from, for messages</param>
    /// <param name="desk">has hosts bring the agent to each other; null when each gets it from us</param>
    public ShellAgentLauncher(IShellConnector connector, IReadOnlyList<AgentPackage> packages, string agentDirectory, TimeProvider time, SpreadDesk? desk = null)
    {
        _connector = connector;
        _bootstrap = new AgentBootstrap(packages, desk, new BootstrapLimits(), time);
        _desk = desk;
        _agentDirectory = agentDirectory;
        _hasPackages = packages.Count > 0;
    }

    /// <summary>Agents sent so far; a host that has it already needs none.</summary>
    public int UploadCount => _bootstrap.UploadCount;

    /// <summary>Agents that hosts brought to each other so far.</summary>
    public int SpreadCount => _desk?.SpreadCount ?? 0;

    public async Task<AgentChannel> LaunchAsync(TargetHost host, CancellationToken cancellationToken)
    {
        if (!_hasPackages)
        {
            throw new HostException(HostFailure.PlatformUnsupported, $"{host.Name}: the package brings no agent for hosts (looked for {Path.Combine(_agentDirectory, "*", AgentPackage.FileName)})");
        }

        try
        {
            return await _bootstrap.RunAsync(host, token => _connector.OpenAsync(host, token), cancellationToken).ConfigureAwait(false);
        }
        catch (HostException e) when (_connector is CommandConnector && e.Failure is (HostFailure.NoShell or HostFailure.Unreachable))
        {
            throw new HostException(HostFailure.TransportFailed, e.Message, e); // no login and no port of SSH has a part in it
        }
    }
}
