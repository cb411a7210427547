using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>The exchange of lines with one run of the bootstrap script.</summary>
/// <param name="mark">begins each line of the script</param>
internal sealed class BootstrapTalk(TargetHost host, IRemoteShell shell, LineReader lines, string mark, BootstrapLimits limits, TimeProvider time)
{
    private const int NoiseKeptMax = 3;
    private const int NoiseBytesMax = 200;
    private static readonly TimeSpan s_exitMax = TimeSpan.FromSeconds(2);

    private readonly List<string> _noise = [];

    /// <summary>False when the other side reads no more; why, is still to be heard.</summary>
    /// <exception cref="HostException">it took nothing for too long</exception>
    public async Task<bool> TrySendAsync(byte[] text, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(text, writable: false);
        return await TryCopyAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="TrySendAsync"/>
    public async Task<bool> TrySendPackageAsync(Stream content, CancellationToken cancellationToken) =>
        await TrySendAsync("UP\n"u8.ToArray(), cancellationToken).ConfigureAwait(false)
        && await TryCopyAsync(content, cancellationToken).ConfigureAwait(false);

    /// <summary>Sends the host to another one.</summary>
    /// <inheritdoc cref="TrySendAsync"/>
    public Task<bool> TrySendSourceAsync(string url, CancellationToken cancellationToken) => TrySendAsync(Encoding.ASCII.GetBytes($"GET {url}\n"), cancellationToken);

    /// <summary>The script's next line. Lines of others before it are passed over.</summary>
    /// <exception cref="HostException">there is none: the shell ended, said too much else, or nothing in time</exception>
    public async Task<BootstrapReply> HearAsync(TimeSpan max, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(max, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            for (int count = 0; count < ShellMark.NoiseLinesMax; count++)
            {
                if (await lines.ReadLineAsync(either.Token).ConfigureAwait(false) is not { } line)
                {
                    throw await EndedAsync(cancellationToken).ConfigureAwait(false);
                }

                if (BootstrapReply.TryParse(line.Span, mark) is { } reply)
                {
                    return reply;
                }

                Keep(line.Span);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HostException(HostFailure.NoShell, $"{host.Name}: the login gave no shell that answers within {max.TotalSeconds:0} seconds{Words()}");
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new HostException(HostFailure.NoShell, $"{host.Name}: the login answers with something that is not a shell: {e.Message}{Words()}", e);
        }

        throw new HostException(HostFailure.NoShell, $"{host.Name}: the login answers with something that is not a shell{Words()}");
    }

    private async Task<bool> TryCopyAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[content.CanSeek ? Math.Min(content.Length, limits.UploadChunkBytes) : limits.UploadChunkBytes]; // a script is small, and hosts are many
        int read;
        while ((read = await content.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            using var silence = new CancellationTokenSource(limits.UploadSilenceMax, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
            try
            {
                await shell.Input.WriteAsync(chunk.AsMemory(0, read), either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HostException(HostFailure.AgentUploadFailed, $"{host.Name} took no byte for {limits.UploadSilenceMax.TotalSeconds:0} seconds");
            }
            catch (IOException)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An exit code means that something else than our script ended; none means that the connection was lost.</summary>
    private async Task<HostException> EndedAsync(CancellationToken cancellationToken)
    {
        Task first = await Task.WhenAny(shell.Exited, Task.Delay(s_exitMax, time, cancellationToken)).ConfigureAwait(false);
        int? code = first == shell.Exited ? await shell.Exited.ConfigureAwait(false) : null;
        return shell.ErrorText.StartsWith("sudo:", StringComparison.Ordinal) ? new HostException(HostFailure.SudoRefused, $"{host.Name}: {shell.ErrorText}")
            : code is null ? new HostException(HostFailure.Unreachable, $"{host.Name}: the connection was lost before the agent ran{Words()}")
            : new HostException(HostFailure.NoShell, $"{host.Name}: the login gave no shell; it ended with exit code {code}{Words()}");
    }

    private void Keep(ReadOnlySpan<byte> line)
    {
        string text = new([.. Encoding.UTF8.GetString(line[..Math.Min(line.Length, NoiseBytesMax)]).Where(c => !char.IsControl(c))]);
        if (text.Length > 0 && _noise.Count < NoiseKeptMax)
        {
            _noise.Add(text);
        }
    }

    /// <summary>What the other side said instead, for a person to recognise it.</summary>
    private string Words()
    {
        string said = string.Join(" / ", _noise.Append(shell.ErrorText).Where(text => text.Length > 0));
        return said.Length == 0 ? "" : $": {said}";
    }
}
