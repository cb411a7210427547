using System.Net;

namespace Murder.Deploy;

/// <summary>What a host without the agent says: see NEED in <c>bootstrap.sh</c>.</summary>
/// <param name="Rid">whose agent it wants</param>
/// <param name="IsRaw">it has no tool to decompress it</param>
/// <param name="CanGet">it can get the agent from another host, and check it</param>
/// <param name="Endpoint">where others get what arrives there; with port 0 when they cannot before its agent offers it; null when others know no address of it</param>
internal sealed record AgentNeed(string Rid, bool IsRaw, bool CanGet, IPEndPoint? Endpoint)
{
    private const string None = "-";

    /// <summary>Others can get it there while it arrives.</summary>
    public bool CanRelay => Endpoint is { Port: > 0 };

    /// <summary>Others can get it there when it has arrived.</summary>
    public bool CanOffer => Endpoint is not null;

    /// <summary>Null when the words are not of our script.</summary>
    public static AgentNeed? TryParse(string words) => words.Split(' ') is [var rid, "gz" or "raw", var getter, var endpoint] fields
        ? new AgentNeed(rid, fields[1] == "raw", getter != None, IPEndPoint.TryParse(endpoint, out IPEndPoint? at) ? at : null)
        : null;
}
