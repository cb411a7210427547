namespace Murder.Swarm;

/// <summary>Sizes beyond which a metainfo is refused, so that no formula overflows and nothing is allocated on a stranger's word.</summary>
public static class MetainfoLimits
{
    /// <summary>Bytes of a piece: its leaves fit one hash request of 512 nodes (BEP 52), so a piece can be verified block by block.</summary>
    public const int PieceLengthMax = 8 * 1024 * 1024;

    /// <summary>Pieces of a release: 8 TiB in pieces of 4 MiB.</summary>
    public const int PiecesMax = 2 * 1024 * 1024;

    /// <summary>Bytes of a file: its blocks can be counted by an <see cref="int"/>.</summary>
    public const long FileLengthMax = 8L * 1024 * 1024 * 1024 * 1024;
}
