using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>All that a report is made of, at one moment of a run. Read only where the rollout may be: on its driver's loop, or when that has ended.</summary>
internal sealed record RunFacts
{
    public required DeploymentPlan Plan { get; init; }

    public required Rollout Rollout { get; init; }

    /// <summary><c>Hosts</c> as it was given.</summary>
    public required string RequestedHosts { get; init; }

    /// <summary>Null when nothing is distributed.</summary>
    public Release? Release { get; init; }

    public Instant Now { get; init; }

    public DeployerPorts? Ports { get; init; }

    /// <summary>By which way each host came into the swarm; null for one that did not.</summary>
    public Func<int, HostWay?> WayOf { get; init; } = _ => null;

    public long SeederUploadedBytes { get; init; }

    /// <summary>As <see cref="DeploymentReport.AgentsUploaded"/>.</summary>
    public int AgentsUploaded { get; init; }

    /// <summary>As <see cref="DeploymentReport.AgentsSpread"/>.</summary>
    public int AgentsSpread { get; init; }

    public Instant? SeederFirstByteAt { get; init; }

    /// <summary>Why the seeder could not go on; null when it did.</summary>
    public Problem? SeederProblem { get; init; }
}
