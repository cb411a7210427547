using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost.Tests;

public sealed class HealthCheckTests
{
    private static readonly ActivationOptions Quick = new() { HealthIntervalAtFirst = TimeSpan.FromMilliseconds(20) };
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("200 OK")]
    [InlineData("204 No Content")]
    public async Task AnyAnswerOf2xxIsHealth(string answer)
    {
        await using HealthServer server = new(_ => answer);

        await WaitAsync($"http://127.0.0.1:{server.Port}/health?deep=1", Enough);

        Assert.Equal(1, server.RequestCount);
        Assert.StartsWith($"GET /health?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\n", server.LastRequest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500 Oops")]
    [InlineData("302 Found")]
    public async Task WhatIsNotHealthyYetIsAskedAgain(string atFirst)
    {
        await using HealthServer server = new(request => request < 3 ? atFirst : "200 OK");

        await WaitAsync($"http://127.0.0.1:{server.Port}/", Enough);

        Assert.Equal(3, server.RequestCount);
    }

    [Fact]
    public async Task WhoDoesNotAnswerIsAskedAgain()
    {
        await using HealthServer server = new(request => request < 3 ? "" : "200 OK");

        await WaitAsync($"http://127.0.0.1:{server.Port}/", Enough, Quick with { HealthAnswerMax = TimeSpan.FromSeconds(1) });
    }

    [Fact]
    public async Task WhoDoesNotListenYetIsAskedAgain()
    {
        int port = FreePort();
        Task waiting = WaitAsync($"http://localhost:{port}/", Enough);
        await Task.Delay(200);
        Assert.False(waiting.IsCompleted);

        await using HealthServer server = new(_ => "200 OK", port: port);

        await waiting;
    }

    [Theory]
    [InlineData("500 Oops", "HTTP 500")]
    [InlineData("404 Not Found", "HTTP 404")]
    [InlineData("", "no answer within 2.5 s")]
    public async Task WhatWasSeenLastIsTold(string answer, string told)
    {
        await using HealthServer server = new(_ => answer);
        string url = $"http://127.0.0.1:{server.Port}/";

        VerbException unhealthy = await Assert.ThrowsAsync<VerbException>(() => WaitAsync(url, TimeSpan.FromSeconds(2.5)));

        Assert.Equal(HostFailure.Unhealthy, unhealthy.Failure);
        Assert.Equal($"{url} did not answer 2xx within 2.5 s; the last answer was: {told}", unhealthy.Message);
    }

    [Fact]
    public async Task ARefusedConnectionIsTold()
    {
        VerbException unhealthy = await Assert.ThrowsAsync<VerbException>(() => WaitAsync($"http://localhost:{FreePort()}/", TimeSpan.FromSeconds(0.2)));

        Assert.EndsWith("Connection refused", unhealthy.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LocalhostIsBothOfItsAddresses()
    {
        await using HealthServer server = new(_ => "200 OK", IPAddress.IPv6Loopback);

        await WaitAsync($"http://localhost:{server.Port}/", Enough);
        await WaitAsync($"http://[::1]:{server.Port}/", Enough);
    }

    [Fact]
    public async Task ANameOfTheHostsFileIsAskedByItsName()
    {
        await using HealthServer server = new(_ => "200 OK");

        await WaitAsync($"http://app.internal:{server.Port}/", Enough);

        Assert.Contains($"Host: app.internal:{server.Port}\r\n", server.LastRequest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACertificateIsNotChecked()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=somebody else", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(-1));
        await using HealthServer server = new(_ => "200 OK", certificate: certificate);

        await WaitAsync($"https://localhost:{server.Port}/", Enough);
    }

    [Fact]
    public async Task ACancelledCheckEndsAtOnce()
    {
        await using HealthServer server = new(_ => "");
        using CancellationTokenSource cancelled = new();
        using HealthCheck check = HealthCheck.Of($"http://127.0.0.1:{server.Port}/", "", ActivationOptions.Default, TimeProvider.System);
        Stopwatch watch = Stopwatch.StartNew();
        Task waiting = check.WaitAsync(Enough, cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(watch.Elapsed < ActivationOptions.Default.HealthAnswerMax);
    }

    [Theory]
    [InlineData("health")]
    [InlineData("/health")]
    [InlineData("ftp://localhost/")]
    [InlineData("http://example.com/")]
    public void WhatCannotBeAskedIsRefused(string url)
    {
        VerbException refused = Assert.Throws<VerbException>(() => HealthCheck.Of(url, "", ActivationOptions.Default, TimeProvider.System));

        Assert.Equal(HostFailure.Unhealthy, refused.Failure);
        Assert.Contains(url, refused.Message, StringComparison.Ordinal);
    }

    private static async Task WaitAsync(string url, TimeSpan patience, ActivationOptions? options = null)
    {
        using HealthCheck check = HealthCheck.Of(url, "127.0.0.1 app.internal\n", options ?? Quick, TimeProvider.System);
        await check.WaitAsync(patience, CancellationToken.None);
    }

    /// <summary>One that was free a moment ago.</summary>
    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
