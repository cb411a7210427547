using System.Collections.Concurrent;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests;

/// <summary>What verbs said that were carried out in this process.</summary>
internal sealed class EventList : IEventSink
{
    public ConcurrentQueue<AgentEvent> Sent { get; } = new();

    public void Send(AgentEvent agentEvent) => Sent.Enqueue(agentEvent);
}
