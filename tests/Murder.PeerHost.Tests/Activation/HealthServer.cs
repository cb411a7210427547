using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Murder.PeerHost.Tests;

/// <summary>A service on this machine that answers one request a connection.</summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<int, string> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _run;
    private int _requestCount;

    /// <param name="answer">to the request of this number, from 1 on, as <c>200 OK</c>; empty for none at all</param>
    /// <param name="port">0 for any</param>
    public HealthServer(Func<int, string> answer, IPAddress? address = null, int port = 0, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        _listener = new TcpListener(address ?? IPAddress.Loopback, port);
        _listener.Start();
        _run = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int RequestCount => _requestCount;

    /// <summary>The first line and headers of the last request.</summary>
    public string LastRequest { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _run;
        _listener.Stop();
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await AnswerAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // Who asked did not wait, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(Stream stream)
    {
        if (_certificate is not null)
        {
            SslStream secured = new(stream);
            await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _ending.Token);
            stream = secured;
        }

        byte[] request = new byte[8192];
        int length = await stream.ReadAsync(request, _ending.Token);
        LastRequest = Encoding.ASCII.GetString(request, 0, length);
        string answer = _answer(Interlocked.Increment(ref _requestCount));
        if (answer.Length == 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _ending.Token);
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 2\r\n\r\nhi"), _ending.Token);
    }
}
