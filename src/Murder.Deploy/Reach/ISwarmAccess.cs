using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>How the hosts of a rollout come into the swarm. Thread-safe; <c>host</c> is the place in the plan's list.</summary>
internal interface ISwarmAccess
{
    /// <summary>Finds out how the host can come to the tracker and the seeder. Before it is told anything else.</summary>
    /// <exception cref="HostException">the agent is lost</exception>
    Task PrepareAsync(int host, AgentChannel agent, CancellationToken cancellationToken);

    /// <summary>The fetch command for a host that is prepared.</summary>
    FetchCommand MakeFetch(int host, AgentHello hello);

    /// <summary>What the agent says of its failure, and what is known here of the host's way.</summary>
    string Explain(int host, AgentFailed failed);

    /// <summary>What the tracker answers to a host that cannot ask it itself.</summary>
    AnnouncedCommand Answer(int host, AgentHello hello, AgentAnnounce announce);
}
