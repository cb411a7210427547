using System.Net;
using System.Net.Sockets;
using System.Text;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The live page of a real deploy, which its own hook holds at a gate until the test has seen enough.</summary>
public sealed class DashboardTests
{
    [Fact]
    public async Task ARunIsSeenWhileItLastsByWhoKnowsTheSecretAndThePageIsGoneAfterIt()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Dashboard = "true", AfterActivate = "until test -e \"$MURDER_ROOT/go\"; do sleep 0.05; done" };
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        await Eventually.TrueAsync(() => running.IsCompleted || LivePage.UrlOf(deploy) is not null);
        Uri url = new(LivePage.UrlOf(deploy)!);
        using HttpClient http = new();
        using StreamReader events = new(await http.GetStreamAsync(new Uri(url, "events")));

        string seen = await ReadUntilAsync(events, "\"state\":\"Activating\"");
        using HttpResponseMessage page = await http.GetAsync(url);

        Assert.StartsWith("data: {", seen, StringComparison.Ordinal);
        Assert.Equal(IPAddress.Loopback.ToString(), url.Host);
        Assert.Contains("new EventSource", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("no-store", page.Headers.GetValues("Cache-Control").Single());
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(url, "/"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(url, $"/{new string('0', 32)}/"))).StatusCode);
        Assert.StartsWith("HTTP/1.1 404", await AskAsync(url, "evil.example.com"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(url, $"localhost:{url.Port}"), StringComparison.Ordinal);

        for (int number = 1; number <= 3; number++)
        {
            await File.WriteAllTextAsync(Path.Combine(deploy.LocalRoot(number), "go"), "");
        }

        string last = await ReadUntilAsync(events, "\"outcome\":\"Succeeded\"");
        Assert.True((await running).Succeeded);
        Assert.Equal(3, last.Split("\"state\":\"Active\"").Length - 1);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(url));
        Assert.Single(deploy.Log, line => line.Contains(url.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task ABrowserThatReadsNothingDoesNotHoldUpTheDeploy()
    {
        using DeployFixture deploy = new();
        deploy.Settings = deploy.Settings with { Dashboard = "true" };
        Task<DeploymentReport> running = Deployment.DeployAsync(deploy.Settings, activate: true, deploy, CancellationToken.None);
        await Eventually.TrueAsync(() => running.IsCompleted || LivePage.UrlOf(deploy) is not null);
        Uri url = new(LivePage.UrlOf(deploy)!);
        using Socket idle = await ConnectAsync(url);
        using Socket watching = await ConnectAsync(url);
        await watching.SendAsync(Encoding.ASCII.GetBytes($"GET {url.AbsolutePath}events HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n"));

        Assert.True((await running).Succeeded);
    }

    [Fact]
    public async Task WithoutThePropertyThereIsNoPage()
    {
        using DeployFixture deploy = new();

        await Deployment.DeployAsync(deploy.Settings, activate: false, deploy, CancellationToken.None);

        Assert.Null(LivePage.UrlOf(deploy));
    }

    [Fact]
    public async Task AMachineThatLetsNobodyListenIsWarnedOf()
    {
        using DeployFixture deploy = new();
        DeploymentPlan plan = TestPlan.For(new TargetHost("web1") { Address = "127.0.0.1", Root = "/srv/web" }) with { HasDashboard = true };
        DeploymentReport first = ReportBuilder.Build(new RunFacts { Plan = plan, Rollout = new Rollout(plan), RequestedHosts = "prod" });

        await using Dashboard? dashboard = Dashboard.TryStart(plan, first, deploy, TimeProvider.System, IPAddress.Parse("192.0.2.1")); // for documentation: nobody has it

        Assert.Null(dashboard);
        Assert.Equal("MURDER1604", Assert.Single(deploy.Problems).Code);
    }

    private static async Task<string> ReadUntilAsync(StreamReader events, string wanted)
    {
        while (await events.ReadLineAsync() is { } line)
        {
            if (line.Contains(wanted, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"the stream ended without {wanted}");
    }

    private static async Task<string> AskAsync(Uri url, string host)
    {
        using Socket socket = await ConnectAsync(url);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {url.AbsolutePath} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync();
    }

    private static async Task<Socket> ConnectAsync(Uri url)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, url.Port);
        return socket;
    }
}
