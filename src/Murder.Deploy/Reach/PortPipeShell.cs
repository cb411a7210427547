using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// A shell on a host that has become a pipe to a TCP port there: what is written to <see cref="Input"/> goes to the port, and what the port says
/// comes out of <see cref="Output"/>. The port is connected to at the first byte that is written.
/// </summary>
internal sealed class PortPipeShell : IAsyncDisposable
{
    private static readonly TimeSpan s_answerMax = TimeSpan.FromSeconds(20);

    private readonly IRemoteShell _shell;

    private PortPipeShell(IRemoteShell shell, ReadOnlyMemory<byte> first)
    {
        _shell = shell;
        First = first;
    }

    public Stream Input => _shell.Input;

    /// <summary>What the port said first; the rest comes out of <see cref="Output"/>.</summary>
    public ReadOnlyMemory<byte> First { get; }

    public Stream Output => _shell.Output;

    /// <param name="agentPath">of the agent's file on the host</param>
    /// <exception cref="HostException">there is no shell, or no agent's file</exception>
    public static async Task<PortPipeShell> OpenAsync(IShellConnector shells, TargetHost host, string agentPath, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        IRemoteShell shell = await shells.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource late = new(s_answerMax, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            string mark = ShellMark.Next();
            string command = string.Join(' ', AgentProtocol.PipeArguments(port, mark).Prepend(agentPath).Select(BootstrapScript.Quote));
            await shell.Input.WriteAsync(Encoding.UTF8.GetBytes($"exec {command}\n"), either.Token).ConfigureAwait(false);
            LineReader lines = new(shell.Output, AgentProtocol.EventLineBytesMax);
            for (int count = 0; count < ShellMark.NoiseLinesMax && await lines.ReadLineAsync(either.Token).ConfigureAwait(false) is { } line; count++)
            {
                if (line.Span.SequenceEqual(Encoding.UTF8.GetBytes(mark)))
                {
                    return new PortPipeShell(shell, lines.TakeUnread());
                }
            }

            throw new HostException(HostFailure.NoShell, $"{host.Name}: no pipe to its port {port}{(shell.ErrorText is { Length: > 0 } words ? $": {words}" : "")}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await shell.DisposeAsync().ConfigureAwait(false);
            throw new HostException(HostFailure.NoShell, $"{host.Name}: no pipe to its port {port} within {s_answerMax.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            await shell.DisposeAsync().ConfigureAwait(false);
            throw new HostException(HostFailure.NoShell, $"{host.Name}: no pipe to its port {port}: {e.Message}", e);
        }
        catch
        {
            await shell.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _shell.DisposeAsync();
}
