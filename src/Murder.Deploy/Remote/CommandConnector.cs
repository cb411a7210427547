using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Has a command of the user's open the shell. What it says when it cannot is told as it stands.</summary>
internal sealed class CommandConnector(CommandTemplate template, TimeProvider time) : IShellConnector
{
    public Task<IRemoteShell> OpenAsync(TargetHost host, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<IRemoteShell>(ProcessRemoteShell.Start(ChildProcess.DescribeCommand(template.For(host)), host.Name, time));
        }
        catch (IOException e)
        {
            throw new HostException(HostFailure.NoShell, $"{host.Name}: {e.Message}", e);
        }
    }
}
