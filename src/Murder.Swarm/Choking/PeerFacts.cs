namespace Murder.Swarm;

/// <summary>What the choker may know of a peer.</summary>
/// <param name="Peer">its slot's index</param>
/// <param name="Since">unchoked: when it was; interested: since when it waits</param>
internal readonly record struct PeerFacts(int Peer, bool IsInterested, bool IsUnchoked, Instant Since);
