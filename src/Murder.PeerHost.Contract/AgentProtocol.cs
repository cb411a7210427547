namespace Murder.PeerHost.Contract;

/// <summary>
/// The rules of the control channel, the agent's stdin and stdout: one JSON object a line in UTF-8. The agent speaks first
/// (<see cref="AgentHello"/>). Commands run one at a time, but <see cref="PingCommand"/>, <see cref="StopCommand"/> and
/// <see cref="AbortCommand"/> are heard at any moment.
/// </summary>
public static class AgentProtocol
{
    /// <summary>Raised with every change that an older side would misunderstand. Both sides must be equal: the deployer brings its agent along.</summary>
    public const int Version = 2;

    /// <summary>Longest line to the agent: a fetch command with the metainfo of some 100,000 files.</summary>
    public const int CommandLineBytesMax = 64 * 1024 * 1024;

    /// <summary>Longest line from the agent.</summary>
    public const int EventLineBytesMax = 256 * 1024;

    public static TimeSpan PingInterval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The deployer takes an agent that said nothing for this long for lost.</summary>
    public static TimeSpan AgentSilenceMax { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The lease: an agent whose deployer said nothing for this long stops, cleans up and exits.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(60);
}
