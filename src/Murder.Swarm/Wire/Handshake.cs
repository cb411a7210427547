namespace Murder.Swarm;

/// <summary>The 68 bytes that open a connection (BEP 3), with the extension bits we know.</summary>
/// <param name="InfoHash">20 bytes: the truncated v2 info-hash (BEP 52)</param>
/// <param name="Peer">who speaks</param>
/// <param name="SupportsFast">BEP 6: reserved[7] &amp; 0x04</param>
/// <param name="SupportsExtensions">BEP 10: reserved[5] &amp; 0x10</param>
/// <param name="SupportsV2">BEP 52: reserved[7] &amp; 0x10, "upgrade to v2"</param>
public sealed record Handshake(ReadOnlyMemory<byte> InfoHash, PeerId Peer, bool SupportsFast, bool SupportsExtensions, bool SupportsV2)
{
    public const int Size = 68;
}
