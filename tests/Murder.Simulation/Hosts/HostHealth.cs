namespace Murder.Simulation;

/// <summary>What is wrong with a host.</summary>
public enum HostHealth
{
    Healthy,

    /// <summary>Takes part, and refuses every connection that others open to it.</summary>
    RefusesConnections,

    /// <summary>Its agent is killed at some time: connections are reset.</summary>
    Crashes,

    /// <summary>Its power fails at some time: nobody is told.</summary>
    LosesPower,

    SlowNetwork,

    SlowDisk,

    /// <summary>Some of the blocks that it sends are wrong.</summary>
    SendsCorruptBlocks,
}
