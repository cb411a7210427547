namespace Murder.Deploy;

/// <summary>Brings a target host to a running agent: connect, bootstrap, hello.</summary>
public interface IAgentLauncher
{
    /// <exception cref="HostException">the host cannot be used; the reason says why</exception>
    Task<AgentChannel> LaunchAsync(TargetHost host, CancellationToken cancellationToken);
}
