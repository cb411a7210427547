namespace Murder.PeerHost.Contract;

/// <summary>
/// A command that takes the lock of its root. Of two deploys that meet on several hosts, the one that began first waits for what the other holds,
/// and the other gives way: so one of them gets all hosts, whichever it came to first on each.
/// </summary>
public interface ILockingCommand
{
    /// <summary>Who deploys, and from where, for people: <c>user@machine</c>, and in CI the address of the job.</summary>
    string DeployedBy { get; }

    /// <summary>What is deployed; null when nothing is.</summary>
    ReleaseId? Release { get; }

    /// <summary>When the deploy began, by its own clock; clocks that differ make it another order, but an order still.</summary>
    DateTimeOffset DeployStartedAt { get; }

    /// <summary>Ends the agent that holds the lock, whoever sent it.</summary>
    bool BreaksLock { get; }
}
