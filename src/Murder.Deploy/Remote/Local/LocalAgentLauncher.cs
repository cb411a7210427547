using System.Diagnostics;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Starts an agent as a child process, for the hosts of <c>local:N</c>. No shell, no upload: the agent for any platform runs where it lies.</summary>
/// <param name="agentDirectory">holds <c>any/murder-peer.dll</c></param>
/// <param name="dotnet">what runs it; null for the dotnet that runs us</param>
internal sealed class LocalAgentLauncher(string agentDirectory, TimeProvider time, string? dotnet = null) : IAgentLauncher
{
    /// <summary>What MSBuild and the dotnet command leave in the environment for their own children and would disturb an application.</summary>
    private static readonly string[] s_disturbing =
        ["MSBUILD", "DOTNET_CLI_", "DOTNET_HOST_PATH", "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "DOTNET_DiagnosticPorts", "VSTEST_"];

    public async Task<AgentChannel> LaunchAsync(TargetHost host, CancellationToken cancellationToken)
    {
        string agent = Path.Combine(agentDirectory, "any", "murder-peer.dll");
        if (!File.Exists(agent))
        {
            throw new HostException(HostFailure.PlatformUnsupported, $"{host.Name}: the package brings no agent for local hosts (looked for {agent})");
        }

        ProcessRemoteShell shell;
        try
        {
            shell = ProcessRemoteShell.Start(Command(dotnet ?? DotnetHost(), agent), host.Name, time);
        }
        catch (IOException e)
        {
            throw new HostException(HostFailure.PlatformUnsupported, $"{host.Name}: {e.Message}", e);
        }

        return await AgentChannel.OpenAsync(host, shell, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// In a session of its own where the system has a command for that: .NET has no way to keep a Ctrl-C at the terminal from the whole process
    /// group, and agents that end before the deployer looks are reported as lost instead of cancelled. setsid executes in place, so the process
    /// id stays the child's. Without it the agent takes SIGINT for the end of its stdin.
    /// </summary>
    private static ProcessStartInfo Command(string host, string agent)
    {
        string? setsid = OnPath("setsid");
        var start = new ProcessStartInfo(setsid ?? host) { WorkingDirectory = Path.GetDirectoryName(agent)! };
        if (setsid is not null)
        {
            start.ArgumentList.Add(host);
        }

        start.ArgumentList.Add(agent);
        foreach (string name in start.Environment.Keys.Where(name => s_disturbing.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToArray())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    private static string DotnetHost()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } named && File.Exists(named))
        {
            return named;
        }

        return Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? self
            : OnPath("dotnet") ?? "dotnet";
    }

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program + (OperatingSystem.IsWindows() ? ".exe" : "")))
            .FirstOrDefault(File.Exists);
}
