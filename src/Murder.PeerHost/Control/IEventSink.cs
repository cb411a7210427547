using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Where a verb says what happens: the control channel, or a list in a test. Thread-safe.</summary>
internal interface IEventSink
{
    void Send(AgentEvent agentEvent);
}
