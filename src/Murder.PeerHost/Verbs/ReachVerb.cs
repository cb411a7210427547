using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Tries to connect to others, says nothing to them, and hangs up.</summary>
internal static class ReachVerb
{
    /// <summary>Those of the endpoints that cannot be reached, and why.</summary>
    public static async Task<AgentReached> RunAsync(ReachCommand command, CancellationToken cancellationToken)
    {
        SurveyUnreached?[] unreached = await Task.WhenAll(command.Endpoints.Select(endpoint => TryAsync(endpoint, TimeSpan.FromMilliseconds(command.AnswerMillisecondsMax), cancellationToken))).ConfigureAwait(false);
        return new AgentReached([.. unreached.OfType<SurveyUnreached>()]);
    }

    private static async Task<SurveyUnreached?> TryAsync(string text, TimeSpan answerMax, CancellationToken cancellationToken)
    {
        if (!IPEndPoint.TryParse(text, out IPEndPoint? endpoint))
        {
            return new SurveyUnreached(text, "it is no address with a port");
        }

        using Socket socket = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(answerMax);
        try
        {
            await socket.ConnectAsync(endpoint, deadline.Token).ConfigureAwait(false);
            return null;
        }
        catch (SocketException e)
        {
            return new SurveyUnreached(text, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SurveyUnreached(text, $"no answer within {answerMax.TotalSeconds:0.#} s");
        }
    }
}
