using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>The agent goes from host to host: real shells, downloaders and connections, on loopback.</summary>
public sealed class SpreadTests
{
    [Theory]
    [InlineData("sh", "curl", "perl")]
    [InlineData("sh", "wget", "perl")]
    [InlineData("sh", "wget=busybox", "perl")]
    [InlineData("sh", "perl")]
    [InlineData("bash", "curl", "perl")]
    [InlineData("busybox sh", "curl", "perl")]
    [InlineData("mksh", "curl", "perl")]
    public async Task Two_agents_are_uploaded_and_hosts_bring_the_others_to_each_other(string shell, params string[] getters)
    {
        using SpreadFleet fleet = new(size: 8, shell, getters);

        IReadOnlyList<AgentChannel> channels = await fleet.LaunchAsync();

        Assert.Equal(8, channels.Select(channel => channel.Hello.ProcessId).Distinct().Count());
        Assert.Equal((2, 6), (fleet.Launcher.UploadCount, fleet.Launcher.SpreadCount));
        Assert.Equal(fleet.WholeFleet, fleet.Files);
        await EndAsync(fleet, channels);
    }

    [Fact]
    public async Task Hosts_over_ssh_bring_it_to_each_other()
    {
        using SshFixture ssh = new();
        ShellAgentLauncher launcher = new(
            new SshConnector(ssh.Options, TimeProvider.System), [ssh.Package], "agents", TimeProvider.System, new SpreadDesk(new AgentSpreadLimits(), port: 0, TimeProvider.System));
        TargetHost[] hosts = [.. Enumerable.Range(0, 5).Select(i => ssh.Host with { Root = Directory.CreateDirectory(ssh.Directory.Combine($"root{i}")).FullName })];

        AgentChannel[] channels = await Task.WhenAll(hosts.Select(host => launcher.LaunchAsync(host, CancellationToken.None)));

        Assert.Equal((2, 3), (launcher.UploadCount, launcher.SpreadCount));
        await Task.WhenAll(channels.Select(channel => channel.DisposeAsync().AsTask()));
    }

    [Theory]
    [InlineData("exit 7")] // refused
    [InlineData("echo no agent")]
    [InlineData("head -c 2000000 /dev/zero")]
    [InlineData("exec cat /dev/zero")] // without end
    public async Task An_agent_that_does_not_come_through_whole_is_uploaded(string curl)
    {
        using SpreadFleet fleet = new(size: 8, "sh", "perl");
        foreach (TargetHost host in fleet.Hosts)
        {
            fleet.Give(host, "curl", $"#!/bin/sh\n{curl}\n");
        }

        IReadOnlyList<AgentChannel> channels = await fleet.LaunchAsync();

        Assert.Equal((8, 0), (fleet.Launcher.UploadCount, fleet.Launcher.SpreadCount));
        Assert.Equal(fleet.WholeFleet, fleet.Files);
        await EndAsync(fleet, channels);
    }

    [Fact]
    public async Task A_host_that_hands_on_something_else_harms_nobody()
    {
        using SpreadFleet fleet = new(size: 8, "sh", "perl", "curl");
        fleet.Give(fleet.Hosts[0], "perl", """
            #!/bin/sh
            PATH=/usr/bin:/bin
            [ $# -gt 3 ] || exec perl "$@"
            program=$(printf '%s\n' "$2" | sed 's/ or next;/ or next; $part = "x" x length($part);/')
            shift 2
            exec perl -e "$program" "$@"
            """);

        IReadOnlyList<AgentChannel> channels = await fleet.LaunchAsync();

        Assert.Equal(fleet.WholeFleet, fleet.Files);
        Assert.True(fleet.Launcher.SpreadCount > 0);
        await EndAsync(fleet, channels);
    }

    [Theory]
    [InlineData] // they could not get it
    [InlineData("curl")] // they could not hand it on
    public async Task Hosts_that_lack_the_tools_get_an_upload(params string[] getters)
    {
        using SpreadFleet fleet = new(size: 5, "sh", getters);

        IReadOnlyList<AgentChannel> channels = await fleet.LaunchAsync();

        Assert.Equal((5, 0), (fleet.Launcher.UploadCount, fleet.Launcher.SpreadCount));
        await EndAsync(fleet, channels);
    }

    [Fact]
    public async Task Where_nothing_can_hand_it_on_while_it_comes_the_agents_do()
    {
        using TcpListener seed = new(System.Net.IPAddress.Loopback, 0);
        seed.Start();
        using SpreadFleet fleet = new(size: 8, "sh", ((System.Net.IPEndPoint)seed.LocalEndpoint).Port, ["curl"]);
        using CancellationTokenSource over = new();
        Task<int> serving = ServeAsync(seed, fleet.Package, over.Token);

        IReadOnlyList<AgentChannel> channels = await fleet.LaunchAsync();

        Assert.Equal(8, fleet.Launcher.UploadCount + fleet.Launcher.SpreadCount);
        Assert.True(fleet.Launcher.SpreadCount > 0);
        Assert.Equal(fleet.WholeFleet, fleet.Files);
        await EndAsync(fleet, channels);
        await over.CancelAsync();
        Assert.Equal(fleet.Launcher.SpreadCount, await serving);
    }

    [Fact]
    public async Task Hosts_where_nothing_hashes_take_it_from_us_only()
    {
        using SpreadFleet fleet = new(size: 5, "sh", "perl", "curl");
        fleet.Forget("sha256sum");

        IReadOnlyList<AgentChannel> channels = await fleet.LaunchAsync();

        Assert.Equal((5, 0), (fleet.Launcher.UploadCount, fleet.Launcher.SpreadCount));
        await EndAsync(fleet, channels);
    }

    /// <summary>Nothing else than the agent, and that only to those who were told where.</summary>
    [Fact]
    public async Task Who_does_not_know_the_path_gets_nothing()
    {
        using TestDirectory directory = new();
        AgentPackage package = StubAgent.Package(StubAgent.Script(extra: $"# {Guid.NewGuid()}"));
        using Process shell = await BootstrapAsync(package, directory.Path);
        AgentNeed need = await NeedAsync(shell);
        await SendAsync(shell, [.. "UP\n"u8, .. package.Gzip.Span]);
        Assert.Equal("mark PUT", await shell.StandardOutput.ReadLineAsync());

        Assert.Equal("", await AskAsync(need, "GET / HTTP/1.1\r\n\r\n"));
        Assert.Equal("", await AskAsync(need, "GET /../../etc/passwd HTTP/1.1\r\n\r\n"));
        Assert.Equal("", await AskAsync(need, "GET /secrets HTTP/1.1\r\n\r\n"));
        Assert.Equal("", await AskAsync(need, "POST /secret HTTP/1.1\r\n\r\n"));
        Assert.Equal("", await AskAsync(need, new string('x', 20_000)));
        Assert.StartsWith("HTTP/1.0 200 OK\r\n", await AskAsync(need, "GET /secret HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
    }

    /// <summary>An agent compresses itself in its own way, to another length than ours.</summary>
    [Fact]
    public async Task What_comes_from_an_agent_is_handed_on_whole_whatever_its_length()
    {
        using TestDirectory directory = new();
        AgentPackage package = StubAgent.Package(StubAgent.Script(extra: $"# {Guid.NewGuid()}", padding: 5000));
        byte[] offered = [.. package.Gzip.Span, .. StubAgent.Package("").Gzip.Span]; // two members are one file
        using TcpListener agent = new(System.Net.IPAddress.Loopback, 0);
        agent.Start();
        using Process shell = await BootstrapAsync(package, directory.Path);
        AgentNeed need = await NeedAsync(shell);

        await SendAsync(shell, Encoding.ASCII.GetBytes($"GET http://{agent.LocalEndpoint}/\n"));
        using TcpClient client = await agent.AcceptTcpClientAsync();
        Task<string> handedOn = AskAsync(need, "GET /secret HTTP/1.1\r\n\r\n");
        await new StreamReader(client.GetStream()).ReadLineAsync(); // or closing would reset the connection
        await client.GetStream().WriteAsync((byte[])[.. "HTTP/1.0 200 OK\r\n\r\n"u8, .. offered]);
        client.Close();

        Assert.Equal("mark PUT", await shell.StandardOutput.ReadLineAsync());
        string answer = await handedOn;
        Assert.Equal(Encoding.Latin1.GetString(offered), answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
    }

    [Fact]
    public async Task A_host_that_is_given_up_before_it_listens_for_that_hears_it()
    {
        SpreadDesk desk = new(new AgentSpreadLimits { DownloadMax = TimeSpan.Zero, WaitMax = TimeSpan.FromHours(1) }, port: 0, TimeProvider.System);
        SpreadDesk.Turn[] turns = [.. Enumerable.Range(0, 7).Select(_ => desk.Begin(new TargetHost("web") { Address = "web", Root = "/srv/web" }))];
        AgentNeed need = new("linux-x64", IsRaw: false, CanGet: true, Endpoint: null);
        foreach (SpreadDesk.Turn turn in turns)
        {
            // The last one waits, and so finds that those before it are late.
            await turn.AskAsync(turn == turns[0] || turn == turns[1] ? need with { Endpoint = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1) } : need, CancellationToken.None);
        }

        await turns[2].GivenUpAsync(CancellationToken.None);

        Array.ForEach(turns, turn => turn.Dispose());
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("none", true)]
    [InlineData("12.5M", false)] // which nothing that hands on the agent would keep to
    public void With_a_rate_limit_each_host_gets_it_from_us(string limit, bool spreads)
    {
        TargetHost[] hosts = [.. Enumerable.Range(0, 4).Select(i => new TargetHost($"web{i}") { Address = $"web{i}", Root = "/srv/web" })];

        Assert.Equal(spreads, AgentLauncher.DeskFor(SshConnectorTests.Settings() with { RateLimit = limit }, hosts, TimeProvider.System) is not null);
    }

    [Fact]
    public async Task A_deploy_that_is_cancelled_while_a_host_waits_for_its_turn_ends_at_once()
    {
        SpreadDesk desk = new(new AgentSpreadLimits { WaitMax = TimeSpan.FromHours(1) }, port: 0, TimeProvider.System);
        SpreadDesk.Turn[] turns = [.. Enumerable.Range(0, 7).Select(_ => desk.Begin(new TargetHost("web") { Address = "web", Root = "/srv/web" }))];
        foreach (SpreadDesk.Turn turn in turns[..2])
        {
            await turn.AskAsync(new AgentNeed("linux-x64", IsRaw: false, CanGet: true, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1)), CancellationToken.None);
        }

        AgentNeed need = new("linux-x64", IsRaw: false, CanGet: true, Endpoint: null);
        foreach (SpreadDesk.Turn turn in turns[2..6])
        {
            await turn.AskAsync(need, CancellationToken.None);
        }

        using CancellationTokenSource cancelled = new();
        Task waiting = turns[6].AskAsync(need, cancelled.Token);
        Assert.False(waiting.IsCompleted);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Array.ForEach(turns, turn => turn.Dispose());
    }

    /// <summary>As an agent does. Returns how often it was asked.</summary>
    private static async Task<int> ServeAsync(TcpListener listener, AgentPackage package, CancellationToken cancellationToken)
    {
        for (int count = 0; ; count++)
        {
            try
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
                NetworkStream stream = client.GetStream();
                Assert.StartsWith("GET /", await new StreamReader(stream).ReadLineAsync(cancellationToken), StringComparison.Ordinal);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nContent-Length: {package.Gzip.Length}\r\n\r\n"), cancellationToken);
                await stream.WriteAsync(package.Gzip, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return count;
            }
        }
    }

    /// <summary>The script in a shell of this machine.</summary>
    private static async Task<Process> BootstrapAsync(AgentPackage package, string root)
    {
        ProcessStartInfo start = new("sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["SSH_CONNECTION"] = "127.0.0.1 40000 127.0.0.1 22";
        Process shell = Process.Start(start)!;
        await SendAsync(shell, BootstrapScript.Write("mark", root, [package], [], relay: new RelayOffer("secret", Port: 0)));
        return shell;
    }

    private static async Task SendAsync(Process shell, byte[] bytes)
    {
        await shell.StandardInput.BaseStream.WriteAsync(bytes);
        await shell.StandardInput.BaseStream.FlushAsync();
    }

    private static async Task<AgentNeed> NeedAsync(Process shell)
    {
        string line = "";
        while (line.Length == 0)
        {
            line = (await shell.StandardOutput.ReadLineAsync())!; // the first one ends what a login may have begun
        }

        return AgentNeed.TryParse(line["mark NEED ".Length..])!;
    }

    /// <summary>Empty when the other side hangs up.</summary>
    private static async Task<string> AskAsync(AgentNeed need, string request)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(need.Endpoint!);
        await using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream, Encoding.Latin1);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return ""; // reset: it did not read all that we said
        }
    }

    /// <summary>With the agents all that handed them on ends, and nothing but the agents stays.</summary>
    private static async Task EndAsync(SpreadFleet fleet, IReadOnlyList<AgentChannel> channels)
    {
        await Task.WhenAll(channels.Select(channel => channel.DisposeAsync().AsTask()));
        await Eventually.TrueAsync(() => fleet.Relays.Count == 0);
        Assert.Equal(fleet.WholeFleet, fleet.Files);
    }
}
