using System.Globalization;

namespace Murder.PeerHost.Contract;

/// <summary>
/// The rules of the control channel, the agent's stdin and stdout: one JSON object a line in UTF-8, and after the line of a
/// <see cref="MetainfoCommand"/> the metainfo, byte by byte. The agent speaks first (<see cref="AgentHello"/>). Commands run one at a time, but
/// <see cref="PingCommand"/>, <see cref="AnnouncedCommand"/>, <see cref="StopCommand"/> and <see cref="AbortCommand"/> are heard at any moment.
/// </summary>
public static class AgentProtocol
{
    /// <summary>Raised with every change that an older side would misunderstand. Both sides must be equal: the deployer brings its agent along.</summary>
    public const int Version = 10;

    /// <summary>Longest line to the agent.</summary>
    public const int CommandLineBytesMax = 1024 * 1024;

    /// <summary>Largest metainfo: 100,000 files have some 9 MB.</summary>
    public const int MetainfoBytesMax = 64 * 1024 * 1024;

    /// <summary>Longest line from the agent.</summary>
    public const int EventLineBytesMax = 256 * 1024;

    /// <summary>
    /// Of an agent whose deployer is gone, as far as it can tell: end of stdin, or silence. A deployer that hears it is not gone, and knows by it that
    /// somebody on the host has ended the agent by a signal.
    /// </summary>
    public const int EndedExitCode = 3;

    /// <summary>First argument of a process of the agent that is no agent but a pipe (<see cref="PipeArguments"/>).</summary>
    public const string PipeVerb = "pipe";

    /// <summary>
    /// Arguments of a process that joins its stdin and stdout with a TCP port of its own host, after one line that holds the mark: whatever a login
    /// prints comes before it. It ends when either side does.
    /// </summary>
    public static IReadOnlyList<string> PipeArguments(int port, string mark) => [PipeVerb, port.ToString(CultureInfo.InvariantCulture), mark];

    public static TimeSpan PingInterval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The deployer takes an agent that said nothing for this long for lost.</summary>
    public static TimeSpan AgentSilenceMax { get; } = TimeSpan.FromSeconds(20);

    /// <summary>How long an agent that was told to go may clean up before it says goodbye. The deployer waits a little longer.</summary>
    public static TimeSpan LeaveMax { get; } = TimeSpan.FromSeconds(15);

    /// <summary>How much of that it may spend on old releases. What it does not get done is left to the next deploy.</summary>
    public static TimeSpan PruneMax { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The lease: an agent whose deployer said nothing for this long stops, cleans up and exits.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(60);
}
