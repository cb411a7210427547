using System.Security.Cryptography;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// Turns a shell on a host into an agent: asks the host what it is and has, sends the agent only if its hash is missing there, and hands over
/// the same channel. Knows nothing of SSH.
/// </summary>
internal sealed class AgentBootstrap(IReadOnlyList<AgentPackage> packages, BootstrapLimits limits, TimeProvider time)
{
    private int _uploadCount;

    /// <summary>Agents sent so far, to all hosts.</summary>
    public int UploadCount => _uploadCount;

    /// <param name="openShell">a fresh shell; called again after a folder turned out bad</param>
    /// <exception cref="HostException">the host cannot run an agent, or the connection was lost</exception>
    public async Task<AgentChannel> RunAsync(TargetHost host, Func<CancellationToken, Task<IRemoteShell>> openShell, CancellationToken cancellationToken)
    {
        var excluded = new List<string>();
        bool isDistrusted = false; // what the host has is not the agent it is called
        while (true)
        {
            IRemoteShell shell = await openShell(cancellationToken).ConfigureAwait(false);
            try
            {
                var lines = new LineReader(shell.Output, AgentProtocol.EventLineBytesMax);
                string? badFolder = await TryStartAsync(host, shell, lines, excluded, isDistrusted, cancellationToken).ConfigureAwait(false);
                if (badFolder is null)
                {
                    AgentChannel channel = await AgentChannel.OpenAsync(host, shell, lines, time, cancellationToken).ConfigureAwait(false);
                    if (IsOurs(channel.Hello))
                    {
                        return channel;
                    }

                    await channel.DisposeAsync().ConfigureAwait(false);
                    if (isDistrusted)
                    {
                        throw new HostException(HostFailure.AgentUploadFailed, $"{host.Name}: the agent that runs there ({channel.Hello.Sha256}) is not the one that was sent");
                    }

                    isDistrusted = true;
                    continue;
                }

                excluded.Add(badFolder);
                if (excluded.Count >= limits.UploadsMax)
                {
                    throw new HostException(HostFailure.AgentUploadFailed, $"{host.Name}: none of {string.Join(", ", excluded)} could store the agent");
                }
            }
            catch
            {
                await shell.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            await shell.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A host without a tool that hashes knows a cached agent by its size only; the agent itself tells the rest.</summary>
    private bool IsOurs(AgentHello hello) => hello.Sha256.Length == 0 || packages.Any(package => package.Sha256 == hello.Sha256);

    /// <summary>Null when the agent starts now; else the folder that could not store it, and the shell is of no further use.</summary>
    private async Task<string?> TryStartAsync(TargetHost host, IRemoteShell shell, LineReader lines, List<string> excluded, bool isDistrusted, CancellationToken cancellationToken)
    {
        // The mark only has to be a word that no host says by itself; it takes no part in anything that must be repeatable.
        string mark = "MURDER1-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
        var talk = new BootstrapTalk(host, shell, lines, mark, limits, time);
        await talk.TrySendAsync(BootstrapScript.Write(mark, host.Root, packages, excluded, isDistrusted), cancellationToken).ConfigureAwait(false);
        BootstrapReply reply = await talk.HearAsync(limits.AnswerMax, cancellationToken).ConfigureAwait(false);
        if (reply.Word == BootstrapWord.Need)
        {
            Interlocked.Increment(ref _uploadCount);
            reply = await UploadAsync(host, talk, reply, cancellationToken).ConfigureAwait(false);
        }

        switch (reply.Word)
        {
            case BootstrapWord.Have or BootstrapWord.Put:
                return null;
            case BootstrapWord.WriteError:
                return reply.Rest;
            case BootstrapWord.PlatformError:
                string brought = packages.Count == 0 ? "nothing" : string.Join(", ", packages.Select(p => p.Rid));
                throw new HostException(HostFailure.PlatformUnsupported, $"{host.Name} is {reply.Rest}; the package brings agents for {brought}");
            case BootstrapWord.FolderError:
                throw new HostException(HostFailure.NoAgentFolder, $"{host.Name} has no folder for the agent: {reply.Rest}");
            default:
                throw new HostException(HostFailure.ProtocolMismatch, $"{host.Name} answered {reply.Word} out of turn");
        }
    }

    /// <summary>Listens while it sends: a full disk is told before the last byte is taken.</summary>
    private async Task<BootstrapReply> UploadAsync(TargetHost host, BootstrapTalk talk, BootstrapReply need, CancellationToken cancellationToken)
    {
        string[] words = need.Rest.Split(' ');
        AgentPackage package = packages.FirstOrDefault(p => p.Rid == words[0])
            ?? throw new HostException(HostFailure.ProtocolMismatch, $"{host.Name} asked for the agent '{words[0]}'");
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using Stream content = words[^1] == "raw" ? package.OpenRaw() : new MemoryStream(package.Gzip.ToArray(), writable: false);
        Task<bool> sending = talk.TrySendPackageAsync(content, answered.Token);
        Task<BootstrapReply> hearing = talk.HearAsync(Timeout.InfiniteTimeSpan, answered.Token);
        try
        {
            if (await Task.WhenAny(sending, hearing).ConfigureAwait(false) == sending)
            {
                // A host that stopped reading has said why, or its end is about to be heard.
                TimeSpan patience = await sending.ConfigureAwait(false) ? limits.StoreMax : limits.AnswerMax;
                return await hearing.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
            }

            BootstrapReply reply = await hearing.ConfigureAwait(false);
            if (reply.Word == BootstrapWord.Put)
            {
                // It has all of it, so the last write ends by itself. One that was cancelled would be the last of the channel.
                await sending.WaitAsync(limits.AnswerMax, time, cancellationToken).ConfigureAwait(false);
            }

            return reply;
        }
        catch (TimeoutException)
        {
            throw new HostException(HostFailure.AgentUploadFailed, $"{host.Name} did not say that the agent came through");
        }
        finally
        {
            await answered.CancelAsync().ConfigureAwait(false);
            await EndOfAsync(sending).ConfigureAwait(false);
            await EndOfAsync(hearing).ConfigureAwait(false);
        }
    }

    /// <summary>What it ended with was said by the task that ended first.</summary>
    private static async Task EndOfAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
