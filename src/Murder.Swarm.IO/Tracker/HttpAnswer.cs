using System.Globalization;
using System.Text;

namespace Murder.Swarm.IO;

/// <summary>One answer of the tracker.</summary>
/// <param name="KeepAlive">false closes the connection behind it</param>
internal readonly record struct HttpAnswer(HttpStatus Status, byte[] Body, bool KeepAlive)
{
    /// <summary>A request that could not be read, or not be served: the connection is of no further use.</summary>
    public static HttpAnswer Refusal(HttpStatus status) => new(status, AnnounceResponse.Failure(ReasonOf(status)), KeepAlive: false);

    /// <summary>Head and body, to be sent in one piece.</summary>
    public byte[] ToBytes()
    {
        string allow = Status == HttpStatus.MethodNotAllowed ? "Allow: GET\r\n" : "";
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {(int)Status} {ReasonOf(Status)}\r\nContent-Type: text/plain\r\nContent-Length: {Body.Length}\r\n{allow}Connection: {(KeepAlive ? "keep-alive" : "close")}\r\n\r\n");
        return [.. Encoding.Latin1.GetBytes(head), .. Body];
    }

    private static string ReasonOf(HttpStatus status) => status switch
    {
        HttpStatus.Ok => "OK",
        HttpStatus.NotFound => "Not Found",
        HttpStatus.MethodNotAllowed => "Method Not Allowed",
        HttpStatus.HeadTooLarge => "Request Header Fields Too Large",
        _ => "Bad Request",
    };
}
