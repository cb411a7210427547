using System.Net;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>Has a host try whether it reaches the tracker and the seeder.</summary>
/// <param name="ports">of this machine</param>
internal sealed class WayFinder(DeployerPorts ports, TimeProvider time)
{
    // A packet filter drops silently: then the finding out takes both, and not more than a second.
    private static readonly TimeSpan s_likeliestAnswerMax = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_answerMax = TimeSpan.FromMilliseconds(700);

    /// <summary>On a slow control channel the question and its answer take their time too.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <param name="addresses">of this machine, the likeliest first: that one is tried alone at first, since others may well lead nowhere</param>
    /// <returns>whether one of them leads to both</returns>
    /// <exception cref="HostException">the agent is lost</exception>
    public async Task<bool> IsReachedAsync(AgentChannel agent, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken) =>
        addresses.Count > 0
        && (await IsAnyReachedAsync(agent, [addresses[0]], s_likeliestAnswerMax, cancellationToken).ConfigureAwait(false)
            || await IsAnyReachedAsync(agent, addresses, s_answerMax, cancellationToken).ConfigureAwait(false));

    private async Task<bool> IsAnyReachedAsync(AgentChannel agent, IReadOnlyList<IPAddress> addresses, TimeSpan answerMax, CancellationToken cancellationToken)
    {
        ReachCommand question = new([.. addresses.SelectMany(EndpointsAt)]) { AnswerMillisecondsMax = (int)answerMax.TotalMilliseconds };
        using CancellationTokenSource late = new(s_patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await agent.SendAsync(question, either.Token).ConfigureAwait(false);
            AgentEvent answer = await agent.ReadAsync(either.Token).ConfigureAwait(false);
            return answer is AgentReached reached
                ? addresses.Any(address => !reached.Unreached.Any(miss => EndpointsAt(address).Contains(miss.Endpoint)))
                : throw new HostException(HostFailure.ProtocolMismatch, $"{agent.Host.Name}: the agent answered {answer.GetType().Name} out of turn");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HostException(HostFailure.AgentLost, $"{agent.Host.Name}: the agent did not say within {s_patience.TotalSeconds:0} s what it reaches");
        }
    }

    private string[] EndpointsAt(IPAddress address) => [new IPEndPoint(address, ports.Seeder).ToString(), new IPEndPoint(address, ports.Tracker).ToString()];
}
