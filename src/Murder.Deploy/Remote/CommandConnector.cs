using System.Diagnostics;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Has a command of the user's open the shell. What it says when it cannot is told as it stands.</summary>
internal sealed class CommandConnector(CommandTemplate template, TimeProvider time) : IShellConnector
{
    public Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = OperatingSystem.IsWindows()
            ? ChildProcess.Describe("cmd.exe", "/d", "/c", template.For(host))
            : ChildProcess.Describe("/bin/sh", "-c", template.For(host));
        try
        {
            return Task.FromResult<IRemoteShell>(ProcessRemoteShell.Start(start, host.Name, time));
        }
        catch (IOException e)
        {
            throw new HostException(HostFailure.NoShell, $"{host.Name}: {e.Message}", e);
        }
    }
}
