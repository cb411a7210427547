using System.Diagnostics;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Starts an agent as a child process, for the hosts of <c>local:N</c>. No shell, no upload: the agent for any platform runs where it lies.</summary>
/// <param name="agentDirectory">holds <c>any/murder-peer.dll</c></param>
/// <param name="dotnet">what runs it; null for the dotnet that runs us</param>
internal sealed class LocalAgentLauncher(string agentDirectory, TimeProvider time, string? dotnet = null) : IAgentLauncher
{
    public async Task<AgentChannel> LaunchAsync(TargetHost host, CancellationToken cancellationToken)
    {
        string agent = Path.Combine(agentDirectory, "any", "murder-peer.dll");
        if (!File.Exists(agent))
        {
            throw new HostException(HostFailure.PlatformUnsupported, $"{host.Name}: the package brings no agent for local hosts (looked for {agent})");
        }

        ProcessStartInfo start = ChildProcess.Describe(dotnet ?? DotnetHost(), agent);
        start.WorkingDirectory = Path.GetDirectoryName(agent)!;
        ProcessRemoteShell shell;
        try
        {
            shell = ProcessRemoteShell.Start(start, host.Name, time);
        }
        catch (IOException e)
        {
            throw new HostException(HostFailure.PlatformUnsupported, $"{host.Name}: {e.Message}", e);
        }

        return await AgentChannel.OpenAsync(host, shell, time, cancellationToken).ConfigureAwait(false);
    }

    private static string DotnetHost()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } named && File.Exists(named))
        {
            return named;
        }

        return Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? self
            : ChildProcess.OnPath("dotnet") ?? "dotnet";
    }
}
