using System.Diagnostics;

namespace Murder.Deploy;

/// <summary>
/// Starts the agent that is to seed, on this machine. Where there is a static agent for it, that one: it starts at once and takes a fraction of
/// the memory. It is found, cached and started by the very script that does so on hosts. Where it cannot be, the agent for any platform runs.
/// </summary>
/// <param name="agentDirectory">holds <c>any/murder-peer.dll</c>, and for some platforms <c>RID/murder-peer.gz</c> with its sums</param>
/// <param name="dotnet">what runs the agent for any platform; null for the dotnet that runs us</param>
internal sealed class SeederLauncher(string agentDirectory, IDeploymentLog log, TimeProvider time, string? dotnet = null)
{
    /// <summary>Without a root, so that the agent is kept in the user's cache.</summary>
    private static readonly TargetHost s_thisMachine = new("localhost") { Address = "127.0.0.1", Root = "", IsLocal = true };

    /// <exception cref="HostException">neither agent can be started; says why</exception>
    public async Task<AgentChannel> LaunchAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<AgentPackage> packages = OperatingSystem.IsWindows() ? [] : AgentPackage.ReadAll(agentDirectory);
            if (packages.Count > 0)
            {
                AgentBootstrap bootstrap = new(packages, desk: null, new BootstrapLimits(), time);
                return await bootstrap.RunAsync(s_thisMachine, _ => Task.FromResult<IRemoteShell>(OpenShell()), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is HostException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            log.Detail($"no static agent can seed here ({e.Message}); the one for any platform does");
        }

        return await new LocalAgentLauncher(agentDirectory, time, dotnet).LaunchAsync(s_thisMachine, cancellationToken).ConfigureAwait(false);
    }

    private ProcessRemoteShell OpenShell()
    {
        ProcessStartInfo start = ChildProcess.Describe("sh");
        start.WorkingDirectory = Path.GetPathRoot(agentDirectory); // not the build's: it is not ours to hold
        return ProcessRemoteShell.Start(start, s_thisMachine.Name, time);
    }
}
