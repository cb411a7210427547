using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>One host cannot go on; all others can. Caught per host by the rollout's driver and turned into a value.</summary>
/// <param name="detail">one sentence that names the thing, in the words of whoever failed</param>
public sealed class HostException(HostFailure failure, string detail, Exception? inner = null) : Exception(detail, inner)
{
    public HostFailure Failure { get; } = failure;
}
