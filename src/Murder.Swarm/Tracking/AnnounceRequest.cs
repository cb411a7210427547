namespace Murder.Swarm;

/// <summary>One announce (BEP 3), as the tracker understands it. The address is that of the connection, never what the query claims.</summary>
/// <param name="InfoHash">20 bytes, truncated (BEP 52)</param>
/// <param name="Left">bytes the peer still lacks; 0 makes it a seed</param>
/// <param name="PeersWanted">numwant, clamped by the tracker</param>
public sealed record AnnounceRequest(ReadOnlyMemory<byte> InfoHash, PeerId Peer, int Port, long Uploaded, long Downloaded, long Left, AnnounceEvent Event, int PeersWanted)
{
    /// <summary>The query string of this announce, without '?'.</summary>
    public string ToQuery() => throw new NotImplementedException();

    /// <summary>Reads the query string of an announce (without '?'); false, with the failure reason to answer, when it is malformed. Never throws.</summary>
    public static bool TryParse(string query, out AnnounceRequest? request, out string? failure) => throw new NotImplementedException();
}
