namespace Murder.SwarmBench;

/// <summary>A way to bring a payload from the deployer to every host of a lab.</summary>
internal interface ISystem
{
    string Name { get; }

    /// <summary>What the name of the process that seeds begins with; null when it is the largest on the deployer.</summary>
    string? SeederProcessName => null;

    /// <summary>Outside the timed part, once a lab: what is there before a deploy begins.</summary>
    Task PrepareAsync(Lab lab, Payload payload, CancellationToken cancellationToken);

    /// <exception cref="BenchException">it did not get there</exception>
    Task<Outcome> RunAsync(Lab lab, Payload payload, CancellationToken cancellationToken);
}

/// <summary>A host that has everything.</summary>
/// <param name="Folder">its copy, as this machine sees it</param>
internal sealed record HostOutcome(string Name, DateTimeOffset DoneAt, string Folder)
{
    /// <summary>Payload, as the system says; 0 when it does not.</summary>
    public long ReceivedBytes { get; init; }

    public long SentBytes { get; init; }
}

/// <summary>One run.</summary>
/// <param name="StartedAt">when the clock of the headline began</param>
/// <param name="Hosts">those that were measured</param>
internal sealed record Outcome(DateTimeOffset StartedAt, IReadOnlyList<HostOutcome> Hosts)
{
    public DateTimeOffset LastDoneAt => Hosts.Max(host => host.DoneAt);

    /// <summary>Bytes of payload that the seeder says it sent; null when it does not say.</summary>
    public long? SeederPayloadBytes { get; init; }

    /// <summary>Of all hosts, for each that was measured: above 1 the rest of the time is computed.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The whole deploy as its own report has it: hashing, bootstrap, distribution, activation.</summary>
    public double? DeploySeconds { get; init; }

    /// <summary>The command from start to end: MSBuild and publish too.</summary>
    public double? CommandSeconds { get; init; }

    /// <summary>From the start of the deploy to the last agent ready.</summary>
    public double? ReadySeconds { get; init; }
}
