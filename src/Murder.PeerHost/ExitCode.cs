using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>What the process says last.</summary>
internal static class ExitCode
{
    /// <summary>Told to stop, or asked for the version.</summary>
    public const int Done = 0;

    /// <summary>Of a pipe: nobody listens on the port.</summary>
    public const int NotConnected = 1;

    public const int Usage = 2;

    /// <summary>The deployer is gone: end of stdin, a signal, or no line for the length of the lease.</summary>
    public const int DeployerGone = AgentProtocol.EndedExitCode;

    /// <summary>A bug of ours; stderr says which (EX_SOFTWARE of sysexits).</summary>
    public const int Bug = 70;
}
