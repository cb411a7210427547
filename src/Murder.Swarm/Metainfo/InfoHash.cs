namespace Murder.Swarm;

/// <summary>The identity of a torrent: SHA-256 of its bencoded info dictionary (BEP 52).</summary>
public readonly record struct InfoHash(Hash256 Full)
{
    /// <summary>Bytes of the form that handshakes and announces carry: BEP 52 cuts the hash to the 20 bytes these fields have.</summary>
    public const int TruncatedSize = 20;

    public byte[] Truncated() => Full.ToArray()[..TruncatedSize];

    public bool MatchesTruncated(ReadOnlySpan<byte> truncated)
    {
        Span<byte> full = stackalloc byte[Hash256.Size];
        Full.CopyTo(full);
        return truncated.SequenceEqual(full[..TruncatedSize]);
    }

    public override string ToString() => Full.ToString();
}
