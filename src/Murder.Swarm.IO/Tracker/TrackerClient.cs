using System.Net;
using System.Net.Sockets;

namespace Murder.Swarm.IO;

/// <summary>
/// Announces over HTTP, or HTTPS in a swarm with certificates, to the first of several URLs that answers, and stays with it (BEP 12, one tier). All URLs lead to the same tracker by
/// different ways; while none has answered, each is given a short start before the next is tried beside it, so that an address behind a
/// firewall that drops packets costs a moment and not a timeout. One announce at a time.
/// </summary>
public sealed class TrackerClient : IAnnouncer, IDisposable
{
    /// <summary>An answer with 200 peers has 4 KB.</summary>
    private const int AnswerBytesMax = 64 * 1024;

    private const int UrlsMax = 16;

    // With the TLS handshake of a deployer to whom a thousand agents turn at once: a millisecond of one core each.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(300);

    private readonly List<Uri> _urls; // that which answered last comes first
    private readonly HttpClient _http;
    private readonly MemberTls? _security;
    private bool _hasAnswered;

    /// <param name="urls">best first; beyond the sixteenth they are not tried; all https when there is a certificate, all http when not</param>
    /// <param name="security">what is shown to the tracker, which has to show the tracker's certificate; null for plain HTTP</param>
    public TrackerClient(IReadOnlyList<Uri> urls, MemberTls? security = null)
    {
        string scheme = security is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        if (urls.Any(url => url.Scheme != scheme))
        {
            throw new ArgumentException($"every tracker URL must be {scheme}", nameof(urls));
        }

        _security = security;
        _urls = [.. urls.Take(UrlsMax)];
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = 16, // KiB
        };
        _http = new HttpClient(handler) { Timeout = AnswerTimeout, MaxResponseContentBufferSize = AnswerBytesMax };
    }

    /// <summary>Why the last announce brought nothing; null when it did.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Tells the tracker and returns what it answers; null when no URL could be reached, or the tracker refused.</summary>
    public async Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken)
    {
        string query = request.ToQuery();
        LastFailure = null;
        byte[]? answer = _hasAnswered ? await AskAsync(_urls[0], query, cancellationToken).ConfigureAwait(false) : null;
        if (answer is null)
        {
            PutLast();
            answer = await AskAllAsync(query, cancellationToken).ConfigureAwait(false);
        }

        if (answer is null)
        {
            LastFailure ??= "no tracker URL was given";
            return null;
        }

        if (!AnnounceResponse.TryRead(answer, out AnnounceResponse? response, out string? failure))
        {
            LastFailure = failure;
            return null;
        }

        LastFailure = null;
        return new AnnounceAnswer(response.Peers, response.Interval);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The first answer of any URL; null when all have failed.</summary>
    private async Task<byte[]?> AskAllAsync(string query, CancellationToken cancellationToken)
    {
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = new List<(Uri Url, Task<byte[]?> Answer)>();
        byte[]? answer = null;
        try
        {
            for (int next = 0; answer is null && (next < _urls.Count || asked.Count > 0);)
            {
                if (next < _urls.Count)
                {
                    asked.Add((_urls[next], AskAsync(_urls[next], query, decided.Token)));
                    next++;
                }

                await WaitForOneAsync(asked.ConvertAll(each => each.Answer), isLast: next == _urls.Count, cancellationToken).ConfigureAwait(false);
                foreach ((Uri url, Task<byte[]?> task) in asked.Where(each => each.Answer.IsCompleted).ToList())
                {
                    asked.Remove((url, task));
                    answer ??= await task.ConfigureAwait(false) is { } bytes ? Keep(url, bytes) : null;
                }
            }
        }
        finally
        {
            await decided.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(asked.ConvertAll(each => each.Answer))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return answer;
    }

    private static async Task WaitForOneAsync(List<Task<byte[]?>> answers, bool isLast, CancellationToken cancellationToken)
    {
        Task<Task<byte[]?>> any = Task.WhenAny(answers);
        try
        {
            await any.WaitAsync(isLast ? Timeout.InfiniteTimeSpan : HeadStart, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // expected: the next URL is tried beside this one
        }
    }

    private byte[] Keep(Uri url, byte[] answer)
    {
        _urls.Remove(url);
        _urls.Insert(0, url);
        _hasAnswered = true;
        return answer;
    }

    private void PutLast()
    {
        if (_hasAnswered)
        {
            _hasAnswered = false;
            _urls.Add(_urls[0]);
            _urls.RemoveAt(0);
        }
    }

    /// <summary>The body of a tracker's answer; null when there was none. Anything but 200 comes from somebody else than our tracker.</summary>
    private async Task<byte[]?> AskAsync(Uri announceUrl, string query, CancellationToken cancellationToken)
    {
        // The query is escaped already, byte by byte; Uri would put some of it into another form.
        char separator = announceUrl.Query.Length > 0 ? '&' : '?';
        var url = new Uri(announceUrl.OriginalString + separator + query, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(url, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            }

            LastFailure = $"{announceUrl.Authority} answered {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            LastFailure = $"{announceUrl.Authority}: {e.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LastFailure = $"{announceUrl.Authority} did not answer within {AnswerTimeout.TotalSeconds} s";
        }

        return null;
    }

    // A URL with an address is connected to without any name service: the agent's static C library must not load one.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        bool isAddress = IPAddress.TryParse(context.DnsEndPoint.Host, out IPAddress? address);
        var socket = isAddress ? new Socket(address!.AddressFamily, SocketType.Stream, ProtocolType.Tcp) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            EndPoint target = isAddress ? new IPEndPoint(address!, context.DnsEndPoint.Port) : context.DnsEndPoint;
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            NetworkStream stream = new(socket, ownsSocket: true);

            // The handler lays no TLS of its own around a stream that is an SslStream.
            return _security is null ? stream
                : await _security.AuthenticateTrackerAsync(stream, cancellationToken).ConfigureAwait(false)
                ?? throw new IOException("what answers there is not this deploy's tracker");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
