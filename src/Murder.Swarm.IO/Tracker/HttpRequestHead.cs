using System.Text;

namespace Murder.Swarm.IO;

/// <summary>The little of HTTP/1.1 (RFC 9112) that a tracker needs: a GET without a body.</summary>
/// <param name="Path">as sent, without the query</param>
/// <param name="Query">without '?'</param>
/// <param name="KeepAlive">the client will use the connection again</param>
internal sealed record HttpRequestHead(string Path, string Query, bool KeepAlive)
{
    /// <summary>What the client calls us; null when it does not say.</summary>
    public string? Host { get; init; }

    /// <summary>What ends a head.</summary>
    public static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>Reads a head that ends in an empty line; null, with the status to answer, when it cannot be served. Never throws.</summary>
    public static HttpRequestHead? TryParse(ReadOnlySpan<byte> head, out HttpStatus status)
    {
        status = HttpStatus.BadRequest;
        string[] lines = Encoding.Latin1.GetString(head[..^End.Length]).Split("\r\n");
        string[] words = lines[0].Split(' ');
        if (words.Length != 3 || !words[1].StartsWith('/') || words[2] is not ("HTTP/1.1" or "HTTP/1.0"))
        {
            return null;
        }

        if (words[0] != "GET")
        {
            status = HttpStatus.MethodNotAllowed;
            return null;
        }

        bool keepAlive = words[2] == "HTTP/1.1";
        string? host = null;
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':');
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(" \t\r\n\0"))
            {
                return null; // also a folded header, which RFC 9112 forbids
            }

            string name = line[..colon];
            string value = line[(colon + 1)..].Trim(' ', '\t');
            if (Is(name, "Transfer-Encoding") || (Is(name, "Content-Length") && value != "0"))
            {
                return null; // a body would be read as the next request
            }

            if (Is(name, "Host"))
            {
                if (host is not null)
                {
                    return null; // RFC 9112, 3.2
                }

                host = value;
            }

            if (Is(name, "Connection"))
            {
                keepAlive = !value.Contains("close", StringComparison.OrdinalIgnoreCase)
                    && (keepAlive || value.Contains("keep-alive", StringComparison.OrdinalIgnoreCase));
            }
        }

        int question = words[1].IndexOf('?');
        status = HttpStatus.Ok;
        return question < 0
            ? new HttpRequestHead(words[1], "", keepAlive) { Host = host }
            : new HttpRequestHead(words[1][..question], words[1][(question + 1)..], keepAlive) { Host = host };
    }

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The statuses that the tracker answers with.</summary>
internal enum HttpStatus
{
    Ok = 200,
    BadRequest = 400,
    NotFound = 404,
    MethodNotAllowed = 405,
    HeadTooLarge = 431,
}
