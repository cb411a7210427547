namespace Murder.Deploy;

/// <summary>Where a host is to hand on the agent.</summary>
/// <param name="Path">letters and digits</param>
/// <param name="Port">first swarm port; the host takes one from the end of the range. 0 for any.</param>
internal sealed record RelayOffer(string Path, int Port);
