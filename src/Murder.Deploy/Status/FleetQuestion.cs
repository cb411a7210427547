using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Asks every host one thing, and stops its agent again.</summary>
/// <param name="makeCommand">what to ask a host</param>
/// <param name="makeRow">what became of the answer; null when it is no answer to the question</param>
/// <param name="noAnswer">a host that cannot be asked, or refuses, and why</param>
/// <param name="answerMax">how long an agent that is alive may take; counted anew from each word that its work gets on</param>
internal sealed class FleetQuestion<TRow>(
    Func<TargetHost, AgentCommand> makeCommand,
    Func<TargetHost, AgentHello, AgentEvent, TRow?> makeRow,
    Func<TargetHost, Problem, TRow> noAnswer,
    TimeSpan answerMax)
    where TRow : class
{
    /// <summary>One row a host, in the order of <paramref name="hosts"/>.</summary>
    public async Task<IReadOnlyList<TRow>> AskAsync(IReadOnlyList<TargetHost> hosts, IAgentLauncher launcher, int connectionsMax, CancellationToken cancellationToken)
    {
        TRow[] rows = new TRow[hosts.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = connectionsMax, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, hosts.Count, parallel, async (index, token) =>
            rows[index] = await AskAsync(hosts[index], launcher, token).ConfigureAwait(false)).ConfigureAwait(false);
        return rows;
    }

    private async Task<TRow> AskAsync(TargetHost host, IAgentLauncher launcher, CancellationToken cancellationToken)
    {
        try
        {
            AgentChannel channel = await launcher.LaunchAsync(host, cancellationToken).ConfigureAwait(false);
            await using (channel.ConfigureAwait(false))
            {
                using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                deadline.CancelAfter(answerMax);
                await channel.SendAsync(makeCommand(host), deadline.Token).ConfigureAwait(false);
                AgentEvent answer;
                while ((answer = await channel.ReadAsync(deadline.Token).ConfigureAwait(false)) is AgentWorking)
                {
                    deadline.CancelAfter(answerMax);
                }

                await channel.SendAsync(new StopCommand(), deadline.Token).ConfigureAwait(false);
                return answer is AgentFailed failed
                    ? NoAnswer(host, failed.Failure, failed.Detail)
                    : makeRow(host, channel.Hello, answer) ?? NoAnswer(host, HostFailure.ProtocolMismatch, $"the agent answered {answer.GetType().Name}");
            }
        }
        catch (HostException e)
        {
            return NoAnswer(host, e.Failure, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NoAnswer(host, HostFailure.AgentLost, $"the agent gave no answer, and its work did not get on, for {answerMax.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is not OperationCanceledException) // a bug of ours on one host must not take the table of all others along
        {
            return NoAnswer(host, HostFailure.Bug, e.ToString());
        }
    }

    private TRow NoAnswer(TargetHost host, HostFailure failure, string detail) => noAnswer(host, HostProblems.From(host, failure, detail));
}
