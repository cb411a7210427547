namespace Murder.Swarm;

/// <summary>What a tracker answers to a scrape of its one torrent (BEP 48).</summary>
/// <param name="InfoHash">20 bytes, truncated</param>
/// <param name="Downloaded">how many leeches became seeds</param>
public sealed record ScrapeResponse(ReadOnlyMemory<byte> InfoHash, int Complete, int Incomplete, int Downloaded)
{
    public byte[] ToBytes()
    {
        var writer = new BencodeWriter();
        writer.BeginDictionary().WriteKey("files"u8).BeginDictionary().WriteKey(InfoHash.Span).BeginDictionary();
        writer.WriteKey("complete"u8).WriteInteger(Complete);
        writer.WriteKey("downloaded"u8).WriteInteger(Downloaded);
        writer.WriteKey("incomplete"u8).WriteInteger(Incomplete);
        return writer.End().End().End().ToArray();
    }

    /// <summary>Whether a scrape's query (without '?') asks for a torrent, or, naming none, for all; null when it is malformed.</summary>
    public static bool? IsAskedFor(string query, InfoHash infoHash) =>
        QueryString.TryParse(query) is { } pairs
            ? !pairs.TryGetValue("info_hash", out byte[]? wanted) || infoHash.MatchesTruncated(wanted)
            : null;
}
