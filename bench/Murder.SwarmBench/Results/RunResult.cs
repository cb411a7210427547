namespace Murder.SwarmBench;

/// <summary>One run in figures. Per second, per GB: 10^9 bytes.</summary>
internal sealed record RunResult
{
    /// <summary>Of the headline's clock, to the last host.</summary>
    public required double LastSeconds { get; init; }

    public required double FirstSeconds { get; init; }

    /// <summary>Of the headline's clock, until a hundredth of F had left the deployer: what the system needed to get going.</summary>
    public required double? StartSeconds { get; init; }

    /// <summary>Each host's, in the order of the lab.</summary>
    public required IReadOnlyList<double> HostSeconds { get; init; }

    /// <summary>F/C: the payload's bits divided by the rate, or by the limit when that is less.</summary>
    public required double BoundSeconds { get; init; }

    /// <summary><see cref="LastSeconds"/> divided by <see cref="BoundSeconds"/>.</summary>
    public required double Ratio { get; init; }

    /// <summary>Payload bytes that the seeder sent, divided by F; null when the system does not say.</summary>
    public required double? PayloadCopies { get; init; }

    /// <summary>Bytes that left the deployer's interface within the clock, divided by F.</summary>
    public required double LinkCopies { get; init; }

    /// <summary>CPU of all processes on the hosts within the clock, for each GB brought to a host.</summary>
    public required double HostCpuPerGB { get; init; }

    /// <summary>CPU of all processes on the deployer within the clock, for each GB brought to a host.</summary>
    public required double SeederCpuPerGB { get; init; }

    public required long HostPeakBytes { get; init; }

    public required long SeederPeakBytes { get; init; }

    /// <summary>Of the largest process on the deployer: the seeder's own, or that of the deploy beside it.</summary>
    public required long DeployerPeakBytes { get; init; }

    /// <summary>Part of all cores that was busy within the clock.</summary>
    public required double MachineCpu { get; init; }

    /// <summary>Of that, what no process of the lab used: others' work, and the kernel's network.</summary>
    public required double OtherCpu { get; init; }

    /// <summary>Part of the clock's time in which some process of the lab wanted a core and had none.</summary>
    public required double CpuWait { get; init; }

    /// <summary>Only a part of the hosts was really copied to.</summary>
    public required bool IsScaled { get; init; }

    public double? DeploySeconds { get; init; }

    public double? CommandSeconds { get; init; }

    public double? ReadySeconds { get; init; }

    /// <summary>Of the deployer and each host; empty without a limit to hold them against.</summary>
    public IReadOnlyList<HostRate> Rates { get; init; } = [];

    public static RunResult Of(long bits, Payload payload, Outcome outcome, Meter meter)
    {
        Sample start = meter.At(outcome.StartedAt);
        Sample end = meter.At(outcome.LastDoneAt);
        double seconds = (outcome.LastDoneAt - outcome.StartedAt).TotalSeconds;
        double last = seconds * outcome.Scale;
        double delivered = payload.TotalBytes / 1e9 * outcome.Hosts.Count;
        double hostCpu = end.LabCpu - start.LabCpu - (end.DeployerCpu - start.DeployerCpu);
        double machine = seconds * Environment.ProcessorCount;
        return new RunResult
        {
            LastSeconds = last,
            FirstSeconds = (outcome.Hosts.Min(host => host.DoneAt) - outcome.StartedAt).TotalSeconds,
            HostSeconds = [.. outcome.Hosts.Select(host => Math.Round((host.DoneAt - outcome.StartedAt).TotalSeconds, 3))],
            StartSeconds = (meter.WhenSent(payload.TotalBytes / 100.0, outcome.StartedAt) - outcome.StartedAt)?.TotalSeconds,
            BoundSeconds = payload.SecondsAt(bits),
            Ratio = last / payload.SecondsAt(bits),
            PayloadCopies = outcome.SeederPayloadBytes / (double)payload.TotalBytes,
            LinkCopies = (end.SentBytes - start.SentBytes) / payload.TotalBytes * outcome.Scale,
            HostCpuPerGB = hostCpu / delivered,
            SeederCpuPerGB = (end.DeployerCpu - start.DeployerCpu) / delivered,
            HostPeakBytes = meter.HostPeakBytes,
            SeederPeakBytes = meter.SeederPeakBytes,
            DeployerPeakBytes = meter.DeployerPeakBytes,
            MachineCpu = (end.MachineCpu - start.MachineCpu) / machine,
            OtherCpu = (end.MachineCpu - start.MachineCpu - (end.LabCpu - start.LabCpu)) / machine,
            CpuWait = (end.LabWait - start.LabWait) / seconds,
            IsScaled = outcome.Scale > 1,
            DeploySeconds = outcome.DeploySeconds,
            CommandSeconds = outcome.CommandSeconds,
            ReadySeconds = outcome.ReadySeconds,
        };
    }

    public string Describe() =>
        $"last host {LastSeconds:0.00} s = {Ratio:0.000} x F/C, first {FirstSeconds:0.00} s, 1 % sent after {StartSeconds:0.00} s; seeder sent {LinkCopies:0.00} F on the link" +
        (PayloadCopies is null ? "" : $", {PayloadCopies:0.000} F of payload") +
        (DeploySeconds is null ? "" : $"; agents ready {ReadySeconds:0.00} s, deploy {DeploySeconds:0.00} s, command {CommandSeconds:0.00} s") +
        $"; CPU {MachineCpu:P0} ({OtherCpu:P0} not the lab's), waited for {CpuWait:P0} of the time";
}
