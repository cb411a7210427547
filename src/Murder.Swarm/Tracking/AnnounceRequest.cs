using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace Murder.Swarm;

/// <summary>One announce (BEP 3), as the tracker understands it. The address is that of the connection, or what the deployer knows of the host whose control channel it came over; never what the query claims.</summary>
/// <param name="InfoHash">20 bytes, truncated (BEP 52)</param>
/// <param name="Left">bytes the peer still lacks; 0 makes it a seed</param>
/// <param name="PeersWanted">numwant, clamped by the tracker</param>
public sealed record AnnounceRequest(ReadOnlyMemory<byte> InfoHash, PeerId Peer, int Port, long Uploaded, long Downloaded, long Left, AnnounceEvent Event, int PeersWanted)
{
    /// <summary>Stands for a numwant that was not sent: the tracker's default.</summary>
    public const int PeersWantedUnknown = -1;

    /// <summary>Bytes of a zone's name; of a longer one the rest is not read.</summary>
    public const int ZoneBytesMax = 64;

    /// <summary>
    /// The failure or cost domain that the peer is in; empty when it does not say. Not a part of BEP 3: the deployer writes it into the announce
    /// URL that it gives each host, and it comes back from there.
    /// </summary>
    public string Zone { get; init; } = "";

    /// <summary>The query string of this announce, without '?'.</summary>
    public string ToQuery()
    {
        byte[] peer = Peer.ToArray();
        var query = new StringBuilder("info_hash=", capacity: 320);
        QueryString.AppendEncoded(query, InfoHash.Span);
        query.Append("&peer_id=");
        QueryString.AppendEncoded(query, peer);
        query.Append(CultureInfo.InvariantCulture, $"&port={Port}&uploaded={Uploaded}&downloaded={Downloaded}&left={Left}");
        query.Append(CultureInfo.InvariantCulture, $"&compact=1&key={Convert.ToHexStringLower(peer.AsSpan(PeerId.Size - 4))}");
        if (PeersWanted >= 0)
        {
            query.Append(CultureInfo.InvariantCulture, $"&numwant={PeersWanted}");
        }

        if (Zone.Length > 0)
        {
            query.Append("&zone=");
            QueryString.AppendEncoded(query, Encoding.UTF8.GetBytes(Zone));
        }

        string? name = NameOf(Event);
        return name is null ? query.ToString() : query.Append("&event=").Append(name).ToString();
    }

    /// <summary>Reads the query string of an announce (without '?'); false, with the failure reason to answer, when it is malformed. Never throws.</summary>
    public static bool TryParse(string query, [NotNullWhen(true)] out AnnounceRequest? request, [NotNullWhen(false)] out string? failure)
    {
        request = null;
        Dictionary<string, byte[]>? pairs = QueryString.TryParse(query);
        failure = pairs is null ? "the query is malformed" : FirstFault(pairs);
        if (failure is not null)
        {
            return false;
        }

        request = new AnnounceRequest(
            pairs!["info_hash"],
            new PeerId(pairs["peer_id"]),
            (int)Number(pairs, "port", 0)!.Value,
            Number(pairs, "uploaded", 0)!.Value,
            Number(pairs, "downloaded", 0)!.Value,
            Number(pairs, "left", 0)!.Value,
            EventOf(pairs)!.Value,
            (int)Math.Clamp(Number(pairs, "numwant", PeersWantedUnknown)!.Value, PeersWantedUnknown, int.MaxValue))
        {
            Zone = ZoneOf(pairs),
        };
        return true;
    }

    // BEP 3 makes info_hash, peer_id, port and left mandatory; uploaded and downloaded are too, but nothing here depends on them.
    private static string? FirstFault(Dictionary<string, byte[]> pairs)
    {
        return pairs switch
        {
            _ when !HasLength(pairs, "info_hash", Murder.Swarm.InfoHash.TruncatedSize) => "info_hash must have 20 bytes",
            _ when !HasLength(pairs, "peer_id", PeerId.Size) => "peer_id must have 20 bytes",
            _ when Number(pairs, "port", null) is not (> 0 and <= IPEndPoint.MaxPort) => "port must be a number from 1 to 65535",
            _ when Number(pairs, "left", null) is not >= 0 => "left must be a number of bytes",
            _ when Number(pairs, "uploaded", 0) is not >= 0 => "uploaded must be a number of bytes",
            _ when Number(pairs, "downloaded", 0) is not >= 0 => "downloaded must be a number of bytes",
            _ when Number(pairs, "numwant", PeersWantedUnknown) is null => "numwant must be a number",
            _ when EventOf(pairs) is null => "event is unknown",
            _ => null,
        };
    }

    // Any bytes will do: zones are only compared with each other.
    private static string ZoneOf(Dictionary<string, byte[]> pairs) =>
        pairs.TryGetValue("zone", out byte[]? zone) ? Encoding.UTF8.GetString(zone.AsSpan(0, Math.Min(zone.Length, ZoneBytesMax))) : "";

    private static bool HasLength(Dictionary<string, byte[]> pairs, string key, int length) =>
        pairs.TryGetValue(key, out byte[]? value) && value.Length == length;

    /// <summary>Null when the value is not a number.</summary>
    private static long? Number(Dictionary<string, byte[]> pairs, string key, long? missing) =>
        pairs.TryGetValue(key, out byte[]? value) ? QueryString.TryReadNumber(value) : missing;

    private static string? NameOf(AnnounceEvent announceEvent) => announceEvent switch
    {
        AnnounceEvent.Started => "started",
        AnnounceEvent.Completed => "completed",
        AnnounceEvent.Stopped => "stopped",
        _ => null,
    };

    // "empty" is what BEP 3 allows for no event; "paused" comes from partial seeds (BEP 21) and changes nothing for us.
    private static AnnounceEvent? EventOf(Dictionary<string, byte[]> pairs) =>
        Encoding.Latin1.GetString(pairs.GetValueOrDefault("event") ?? []) switch
        {
            "" or "empty" or "paused" => AnnounceEvent.None,
            "started" => AnnounceEvent.Started,
            "completed" => AnnounceEvent.Completed,
            "stopped" => AnnounceEvent.Stopped,
            _ => null,
        };
}
