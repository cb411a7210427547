using System.Net;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// Turns a shell on a host into an agent: asks the host what it is and has, sends the agent only if its hash is missing there, or has another
/// host bring it, and hands over the same channel. Knows nothing of SSH.
/// </summary>
/// <param name="desk">null when every host gets the agent from us</param>
internal sealed class AgentBootstrap(IReadOnlyList<AgentPackage> packages, SpreadDesk? desk, BootstrapLimits limits, TimeProvider time)
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
        bool isCutOff = false; // others could not bring it in time
        while (true)
        {
            IRemoteShell shell = await openShell(cancellationToken).ConfigureAwait(false);
            try
            {
                var lines = new LineReader(shell.Output, AgentProtocol.EventLineBytesMax);
                using SpreadDesk.Turn? turn = isCutOff ? null : desk?.Begin(host);
                Start start = await TryStartAsync(host, shell, lines, excluded, isDistrusted, turn, cancellationToken).ConfigureAwait(false);
                if (start.HasBegun)
                {
                    AgentChannel channel = await AgentChannel.OpenAsync(host, shell, lines, time, cancellationToken).ConfigureAwait(false);
                    if (IsOurs(channel.Hello))
                    {
                        await OfferIfWantedAsync(channel, turn, cancellationToken).ConfigureAwait(false);
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

                isCutOff |= start.BadFolder is null;
                excluded.AddRange(start.BadFolder is { } badFolder ? [badFolder] : []);
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

    /// <summary>Where nothing could hand the agent on while it came, the agent does when others wait for it.</summary>
    private static async Task OfferIfWantedAsync(AgentChannel channel, SpreadDesk.Turn? turn, CancellationToken cancellationToken)
    {
        string rid = channel.Hello.Rid;
        if (turn is null || !IPAddress.TryParse(channel.Hello.HostAddress, out IPAddress? address) || !turn.WantsOffer(rid))
        {
            return;
        }

        try
        {
            await channel.SendAsync(new OfferCommand(turn.Offer.Path, turn.Offer.Port), cancellationToken).ConfigureAwait(false);
            // It may have no port for it; the others find another way.
            if (await channel.ReadAsync(cancellationToken).ConfigureAwait(false) is AgentOffered offered)
            {
                turn.OfferAt(new IPEndPoint(address, offered.Port), rid);
            }
        }
        catch
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <param name="turn">null when the host is to get the agent from us</param>
    private async Task<Start> TryStartAsync(
        TargetHost host, IRemoteShell shell, LineReader lines, List<string> excluded, bool isDistrusted, SpreadDesk.Turn? turn, CancellationToken cancellationToken)
    {
        string mark = ShellMark.Next();
        var talk = new BootstrapTalk(host, shell, lines, mark, limits, time);
        await talk.TrySendAsync(BootstrapScript.Write(mark, host.Root, packages, excluded, isDistrusted, turn?.Offer), cancellationToken).ConfigureAwait(false);
        BootstrapReply? reply = await talk.HearAsync(limits.AnswerMax, cancellationToken).ConfigureAwait(false);
        while (reply is { Word: BootstrapWord.Need })
        {
            reply = await SupplyAsync(host, talk, reply, turn, cancellationToken).ConfigureAwait(false);
        }

        if (reply is null)
        {
            return new Start(HasBegun: false, BadFolder: null);
        }

        switch (reply.Word)
        {
            case BootstrapWord.Have or BootstrapWord.Put:
                return new Start(HasBegun: true, BadFolder: null);
            case BootstrapWord.WriteError:
                return new Start(HasBegun: false, reply.Rest);
            case BootstrapWord.PlatformError:
                string brought = packages.Count == 0 ? "nothing" : string.Join(", ", packages.Select(p => p.Rid));
                throw new HostException(HostFailure.PlatformUnsupported, $"{host.Name} is {reply.Rest}; the package brings agents for {brought}");
            case BootstrapWord.FolderError:
                throw new HostException(HostFailure.NoAgentFolder, $"{host.Name} has no folder for the agent: {reply.Rest}");
            default:
                throw new HostException(HostFailure.ProtocolMismatch, $"{host.Name} answered {reply.Word} out of turn");
        }
    }

    /// <summary>Brings the agent, or has it brought, and hears what the host says to that: it may need it still. Null when others did not bring it in time.</summary>
    private async Task<BootstrapReply?> SupplyAsync(TargetHost host, BootstrapTalk talk, BootstrapReply reply, SpreadDesk.Turn? turn, CancellationToken cancellationToken)
    {
        AgentNeed need = AgentNeed.TryParse(reply.Rest) ?? throw new HostException(HostFailure.ProtocolMismatch, $"{host.Name} needs '{reply.Rest}'");
        AgentPackage package = packages.FirstOrDefault(p => p.Rid == need.Rid)
            ?? throw new HostException(HostFailure.ProtocolMismatch, $"{host.Name} asked for the agent '{need.Rid}'");
        string? source = turn is null ? null : (await turn.AskAsync(need, cancellationToken).ConfigureAwait(false) as SpreadOrder.Get)?.SourceUrl;
        BootstrapReply? answer = source is null
            ? await UploadAsync(host, talk, package, need.IsRaw, cancellationToken).ConfigureAwait(false)
            : await TryGetAsync(talk, source, turn!, cancellationToken).ConfigureAwait(false);
        switch (answer?.Word)
        {
            case BootstrapWord.Put:
                turn?.Arrive();
                return answer;
            case BootstrapWord.Miss when source is not null:
                turn!.Miss(); // after some of these it is told to take the agent from us, which ends here
                return await talk.HearAsync(limits.AnswerMax, cancellationToken).ConfigureAwait(false);
            case BootstrapWord.Need:
                throw new HostException(HostFailure.ProtocolMismatch, $"{host.Name} answered {answer.Word} out of turn");
            default:
                return answer;
        }
    }

    /// <summary>Null when it takes too long.</summary>
    private static async Task<BootstrapReply?> TryGetAsync(BootstrapTalk talk, string url, SpreadDesk.Turn turn, CancellationToken cancellationToken)
    {
        await talk.TrySendSourceAsync(url, cancellationToken).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<BootstrapReply> hearing = talk.HearAsync(Timeout.InfiniteTimeSpan, over.Token);
        Task givenUp = turn.GivenUpAsync(over.Token);
        try
        {
            Task first = await Task.WhenAny(hearing, givenUp).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return first == hearing ? await hearing.ConfigureAwait(false) : null;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await EndOfAsync(hearing).ConfigureAwait(false);
            await EndOfAsync(givenUp).ConfigureAwait(false);
        }
    }

    /// <summary>Listens while it sends: a full disk is told before the last byte is taken.</summary>
    private async Task<BootstrapReply> UploadAsync(TargetHost host, BootstrapTalk talk, AgentPackage package, bool isRaw, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _uploadCount);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using Stream content = isRaw ? package.OpenRaw() : new MemoryStream(package.Gzip.ToArray(), writable: false);
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

    /// <param name="HasBegun">the agent starts now; else the shell is of no further use</param>
    /// <param name="BadFolder">which could not store it; null when others did not bring it in time</param>
    private readonly record struct Start(bool HasBegun, string? BadFolder);
}
