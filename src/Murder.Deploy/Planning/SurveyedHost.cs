using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>What was heard of one host.</summary>
internal sealed class SurveyedHost(TargetHost target)
{
    public TargetHost Target { get; } = target;

    /// <summary>Null when the host could not be asked.</summary>
    public AgentSurveyed? Answer { get; set; }

    /// <summary>Of an agent that answered, and listens.</summary>
    public AgentChannel? Channel { get; private set; }

    /// <summary>As the agent says it; null when it does not.</summary>
    public long? LinkBitsPerSecond { get; set; }

    /// <summary>Why a deploy would fail on it.</summary>
    public List<SurveyFinding> Findings { get; } = [];

    /// <summary>Where others reach it: as the deployer does, seen from the host.</summary>
    public string Address => Channel is { } channel ? HostEndpoints.AddressOf(Target, channel.Hello).ToString() : Target.Address;

    public void Hear(AgentSurveyed answer, AgentChannel channel)
    {
        Answer = answer;
        Channel = channel;
        LinkBitsPerSecond = channel.Hello.LinkBitsPerSecond;
        Findings.AddRange(answer.Findings);
    }

    public void Fail(HostFailure failure, string detail) => Findings.Add(new SurveyFinding(failure, detail));
}
