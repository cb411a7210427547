namespace Murder.Deploy;

/// <summary>How a host comes to the tracker and to the bytes of the release.</summary>
public enum HostWay
{
    /// <summary>Over the ports of the deploying machine.</summary>
    Direct,

    /// <summary>It asks the tracker over its control channel, and fetches from other hosts only.</summary>
    Peers,

    /// <summary>As <see cref="Peers"/>, and the seeder is connected to it over a shell of its own on the host.</summary>
    Tunnel,
}
