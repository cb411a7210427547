using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Murder.Swarm.IO;

namespace Murder.Deploy;

/// <summary>One request of a browser, and the answer. Every wait has an end, so that a browser that hangs holds a task and a socket for seconds.</summary>
internal sealed class DashboardConnection : IDisposable
{
    private const int HeadBytesMax = 8192;

    private static readonly TimeSpan s_requestMax = TimeSpan.FromSeconds(10);

    /// <summary>For the browser to take one answer or one event. It takes the newest as soon as it is done with the one before.</summary>
    private static readonly TimeSpan s_takeMax = TimeSpan.FromSeconds(10);

    private readonly NetworkStream _stream;
    private readonly Socket _socket;
    private readonly CancellationToken _end;
    private readonly CancellationTokenSource _late;

    public DashboardConnection(Socket socket, TimeProvider time, CancellationToken end)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _end = end;
        _late = new CancellationTokenSource(s_requestMax, time);
    }

    /// <summary>What is asked for behind the secret; null when that is nothing, or asked wrongly.</summary>
    /// <param name="names">as which we may be called</param>
    public async Task<string?> ReadRequestAsync(IReadOnlyList<string> names, byte[] secret)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_end, _late.Token);
        byte[] head = new byte[HeadBytesMax];
        int length = 0;
        int end;
        while ((end = head.AsSpan(0, length).IndexOf(HttpRequestHead.End)) < 0)
        {
            int read = length == head.Length ? 0 : await _stream.ReadAsync(head.AsMemory(length), either.Token).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            length += read;
        }

        HttpRequestHead? request = HttpRequestHead.TryParse(head.AsSpan(0, end + HttpRequestHead.End.Length), out _);
        return request?.Host is { } host && names.Contains(host, StringComparer.OrdinalIgnoreCase) ? BehindSecret(request.Path, secret) : null;
    }

    public Task AnswerAsync(string page) => SendLastAsync("200 OK", "text/html; charset=utf-8", page);

    public Task RefuseAsync() => SendLastAsync("404 Not Found", "text/plain", "not found\n");

    /// <summary>Sends the newest report, again and again until the last one.</summary>
    public async Task StreamAsync(ReportFeed feed)
    {
        await SendAsync(Encoding.ASCII.GetBytes(Head("200 OK", "text/event-stream", ""))).ConfigureAwait(false);
        ReportFeed.Snapshot? sent = null;
        while (sent is not { IsLast: true })
        {
            sent = await feed.AfterAsync(sent?.Number ?? 0, _end).ConfigureAwait(false);
            await SendAsync(sent.Event).ConfigureAwait(false);
        }

        _socket.Shutdown(SocketShutdown.Send); // what was sent arrives, whatever becomes of this process
    }

    public void Dispose()
    {
        _stream.Dispose();
        _late.Dispose();
    }

    /// <summary>Takes the same time wherever the first wrong character is.</summary>
    private static string? BehindSecret(string path, byte[] secret)
    {
        int slash = path.IndexOf('/', 1);
        return slash > 0 && CryptographicOperations.FixedTimeEquals(Encoding.Latin1.GetBytes(path[1..slash]), secret) ? path[(slash + 1)..] : null;
    }

    private static string Head(string status, string type, string more) =>
        $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\n{more}Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nCross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n";

    private async Task SendLastAsync(string status, string type, string body)
    {
        byte[] content = Encoding.UTF8.GetBytes(body);
        await SendAsync((byte[])[.. Encoding.ASCII.GetBytes(Head(status, type, $"Content-Length: {content.Length}\r\n")), .. content]).ConfigureAwait(false);
        _socket.Shutdown(SocketShutdown.Send);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        _late.CancelAfter(s_takeMax);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_end, _late.Token);
        await _stream.WriteAsync(bytes, either.Token).ConfigureAwait(false);
        _late.CancelAfter(Timeout.InfiniteTimeSpan);
    }
}
