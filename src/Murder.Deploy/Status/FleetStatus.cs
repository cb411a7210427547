using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Asks every host what it holds. Changes nothing on any.</summary>
internal static class FleetStatus
{
    /// <summary>How long an agent may take to look at its disk.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    /// <summary>One row a host, in the order of <paramref name="hosts"/>; a host that cannot be asked has a problem in its row.</summary>
    public static async Task<IReadOnlyList<HostStatus>> AskAsync(
        IReadOnlyList<TargetHost> hosts, IAgentLauncher launcher, int connectionsMax, CancellationToken cancellationToken)
    {
        HostStatus[] rows = new HostStatus[hosts.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = connectionsMax, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, hosts.Count, parallel, async (index, token) =>
            rows[index] = await AskAsync(hosts[index], launcher, token).ConfigureAwait(false)).ConfigureAwait(false);
        return rows;
    }

    private static async Task<HostStatus> AskAsync(TargetHost host, IAgentLauncher launcher, CancellationToken cancellationToken)
    {
        try
        {
            AgentChannel channel = await launcher.LaunchAsync(host, cancellationToken).ConfigureAwait(false);
            await using (channel.ConfigureAwait(false))
            {
                using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                deadline.CancelAfter(AnswerTimeout);
                await channel.SendAsync(new StatusCommand(host.Root), deadline.Token).ConfigureAwait(false);
                AgentEvent answer = await channel.ReadAsync(deadline.Token).ConfigureAwait(false);
                await channel.SendAsync(new StopCommand(), deadline.Token).ConfigureAwait(false);
                return answer switch
                {
                    AgentStatus status => new HostStatus(host.Name, status.Current, status.Previous, status.Staged, status.Partial, status.FreeBytes, status.LockedBy, Problem: null) { Agent = VersionOf(channel.Hello) },
                    AgentFailed failed => NoAnswer(host, failed.Failure, failed.Detail),
                    _ => NoAnswer(host, HostFailure.ProtocolMismatch, $"the agent answered {answer.GetType().Name}"),
                };
            }
        }
        catch (HostException e)
        {
            return NoAnswer(host, e.Failure, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NoAnswer(host, HostFailure.AgentLost, $"the agent gave no answer within {AnswerTimeout.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is not OperationCanceledException) // a bug of ours on one host must not take the table of all others along
        {
            return NoAnswer(host, HostFailure.Bug, e.ToString());
        }
    }

    private static string VersionOf(AgentHello hello) => hello.Version.Split('+')[0]; // without the commit it was built from

    private static HostStatus NoAnswer(TargetHost host, HostFailure failure, string detail) =>
        new(host.Name, Current: null, Previous: null, Staged: [], Partial: [], FreeBytes: 0, LockedBy: null, HostProblems.From(host, failure, detail));
}
