namespace Murder.PeerHost;

/// <summary>What an agent gives to those who want its file.</summary>
internal sealed record OfferOptions
{
    public static OfferOptions Default { get; } = new();

    /// <summary>Clients at once; more wait at the door. A link that more share brings none of them further.</summary>
    public int ClientsMax { get; init; } = 2;

    /// <summary>From the offer until nobody new is let in: longer than the deployer sends hosts here.</summary>
    public TimeSpan OpenMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A client that has not said all it asks for in this time, or takes nothing for so long, is left.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(10);

    public int RequestBytesMax { get; init; } = 8 * 1024;

    /// <summary>Ports that are tried, from the last one on: the swarm begins with the first.</summary>
    public int PortsTried { get; init; } = 9;
}
