namespace Murder.Swarm;

/// <summary>Reads a <c>.torrent</c> file that may come from anybody.</summary>
public static class MetainfoReader
{
    /// <summary>False, with one sentence that says what is wrong, when the bytes are not a canonical, safe v2 metainfo; never throws for any bytes.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out Metainfo? metainfo, out string? error) => throw new NotImplementedException();
}
