using System.Threading.Channels;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>Announces over the control channel: for a host that reaches no port of the deploying machine.</summary>
/// <param name="answers">of the deployer; ends when that is gone</param>
internal sealed class ChannelAnnouncer(IEventSink events, ChannelReader<AnnouncedCommand> answers, TimeProvider time) : IAnnouncer
{
    /// <summary>A command of megabytes may be on its way before the answer.</summary>
    private static readonly TimeSpan s_answerMax = TimeSpan.FromSeconds(20);

    private long _sequence;

    public string? LastFailure { get; private set; }

    public async Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken)
    {
        long sequence = ++_sequence;
        events.Send(new AgentAnnounce(sequence, request.ToQuery()));
        using CancellationTokenSource late = new(s_answerMax, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            AnnouncedCommand answer;
            do
            {
                answer = await answers.ReadAsync(either.Token).ConfigureAwait(false);
            }
            while (answer.Sequence != sequence); // one that came too late

            bool isAnswer = AnnounceResponse.TryRead(answer.Answer.Span, out AnnounceResponse? response, out string? failure);
            LastFailure = failure;
            return isAnswer ? new AnnounceAnswer(response!.Peers, response.Interval) : null;
        }
        catch (ChannelClosedException)
        {
            LastFailure = "the deployer is gone";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LastFailure = $"the deployer did not answer within {s_answerMax.TotalSeconds:0} s";
        }

        return null;
    }
}
