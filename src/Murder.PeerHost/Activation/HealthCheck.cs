using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>
/// Asks a URL on this host until it answers 2xx, with a connection of its own each time: to whoever listens now. Certificates are not checked,
/// since this is about whether a service lives and not about who it is, and the agent trusts no authority of the host's.
/// </summary>
internal sealed class HealthCheck : IDisposable
{
    private readonly Uri _url;
    private readonly IReadOnlyList<IPAddress> _addresses;
    private readonly ActivationOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    private HealthCheck(Uri url, IReadOnlyList<IPAddress> addresses, ActivationOptions options, TimeProvider time)
    {
        _url = url;
        _addresses = addresses;
        _options = options;
        _time = time;
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = ConnectAsync,
            PooledConnectionLifetime = TimeSpan.Zero,
            SslOptions = AnyCertificate(),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // each question has its own
    }

    /// <param name="hosts">the text of <see cref="HostsFile"/></param>
    /// <exception cref="VerbException">there can be no answer: it is no such URL, or names a host that has no address</exception>
    public static HealthCheck Of(string url, string hosts, ActivationOptions options, TimeProvider time)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || (parsed.Scheme != Uri.UriSchemeHttp && parsed.Scheme != Uri.UriSchemeHttps))
        {
            throw new VerbException(HostFailure.Unhealthy, $"'{url}' is not an http or https URL");
        }

        IReadOnlyList<IPAddress> addresses = HostsFile.AddressesOf(parsed.DnsSafeHost, hosts);
        return addresses.Count > 0
            ? new HealthCheck(parsed, addresses, options, time)
            : throw new VerbException(HostFailure.Unhealthy, $"{url} cannot be asked: '{parsed.DnsSafeHost}' is not an IP address, not localhost and not in {HostsFile.Path}");
    }

    /// <param name="patience">a question that is asked in time may be answered after it</param>
    /// <exception cref="VerbException">there was no 2xx; the message tells what there was at last</exception>
    public async Task WaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        long startedAt = _time.GetTimestamp();
        TimeSpan answerMax = patience < _options.HealthAnswerMax ? patience : _options.HealthAnswerMax;
        while (await AskAsync(answerMax, cancellationToken).ConfigureAwait(false) is { } complaint)
        {
            TimeSpan elapsed = _time.GetElapsedTime(startedAt);
            TimeSpan pause = elapsed < _options.HealthAtFirst ? _options.HealthIntervalAtFirst : _options.HealthInterval;
            if (elapsed + pause >= patience)
            {
                throw new VerbException(HostFailure.Unhealthy, $"{_url} did not answer 2xx within {patience.TotalSeconds:0.#} s; the last answer was: {complaint}");
            }

            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Null when the answer is 2xx; else what came instead.</summary>
    private async Task<string?> AskAsync(TimeSpan answerMax, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(answerMax, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(_url, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : $"HTTP {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return e.GetBaseException().Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {answerMax.TotalSeconds:0.#} s";
        }
    }

    /// <summary>To the first address that takes the connection; what the first says counts when none does.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        SocketException? refusal = null;
        foreach (IPAddress address in _addresses)
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                refusal ??= e;
            }
        }

        throw refusal!;
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        Socket socket = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Nothing is looked up to judge a certificate that is not judged.</summary>
    private static SslClientAuthenticationOptions AnyCertificate() => new()
    {
#pragma warning disable CA5359 // asked on the host itself, and nothing but a status code comes of it
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };
}
