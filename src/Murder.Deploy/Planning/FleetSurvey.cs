using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;

namespace Murder.Deploy;

/// <summary>
/// Asks every host of a plan what a deploy would meet there, and lets each try to reach two others and this machine, as in a deploy it must.
/// Changes nothing but that a host which has no agent yet gets one into its cache.
/// </summary>
internal sealed class FleetSurvey(DeploymentPlan plan, Release release, IAgentLauncher launcher)
{
    /// <summary>A host that holds most of a large release reads and hashes it.</summary>
    private static readonly TimeSpan SurveyMax = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ReachMax = TimeSpan.FromSeconds(15);

    private const int NeighboursTried = 2;
    private const int DeployerPortsTried = 9;

    private readonly SurveyedHost[] _hosts = [.. plan.Hosts.Select(host => new SurveyedHost(host))];

    /// <summary>In the order of the plan.</summary>
    public async Task<IReadOnlyList<SurveyedHost>> RunAsync(CancellationToken cancellationToken)
    {
        ConcurrentBag<AgentChannel> channels = [];
        List<TcpListener> listeners = [];
        try
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = plan.LaunchesMax, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(_hosts, parallel, async (host, token) => await SurveyAsync(host, channels, token).ConfigureAwait(false)).ConfigureAwait(false);
            listeners.AddRange(ListenHere());
            int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
            await Parallel.ForAsync(0, _hosts.Length, parallel, async (index, token) => await ReachAsync(index, ports, token).ConfigureAwait(false)).ConfigureAwait(false);
            return _hosts;
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
            await Task.WhenAll(channels.Select(channel => LeaveAsync(channel))).ConfigureAwait(false);
        }
    }

    private async Task SurveyAsync(SurveyedHost host, ConcurrentBag<AgentChannel> channels, CancellationToken cancellationToken) => await TryAsync(
        host,
        SurveyMax,
        async token =>
        {
            AgentChannel channel = await launcher.LaunchAsync(host.Target, token).ConfigureAwait(false);
            channels.Add(channel);
            int port = host.Target.IsLocal ? 0 : plan.Port;
            await channel.SendAsync(new SurveyCommand { Root = host.Target.Root, Release = release.Id, Metainfo = release.Metainfo.Bytes, Port = port }, token).ConfigureAwait(false);
            switch (await channel.ReadAsync(token).ConfigureAwait(false))
            {
                case AgentSurveyed surveyed:
                    host.Channel = channel;
                    host.Answer = surveyed;
                    host.Problems.AddRange(surveyed.Findings.Select(finding => HostProblems.From(host.Target, finding.Failure, finding.Detail)));
                    break;
                case AgentFailed failed:
                    host.Fail(failed.Failure, failed.Detail);
                    break;
                case AgentEvent other:
                    host.Fail(HostFailure.ProtocolMismatch, $"the agent answered {other.GetType().Name}");
                    break;
            }
        },
        cancellationToken).ConfigureAwait(false);

    private async Task ReachAsync(int index, int[] deployerPorts, CancellationToken cancellationToken)
    {
        SurveyedHost host = _hosts[index];
        if (host.Channel is not { } channel)
        {
            return;
        }

        Dictionary<string, string> names = [];
        foreach (SurveyedHost other in NeighboursOf(index))
        {
            names[$"{Bracketed(other.Address)}:{other.Answer!.Port}"] = $"{other.Target.Name}, swarm port";
        }

        string? here = host.Target.IsLocal ? IPAddress.Loopback.ToString() : channel.Hello.DeployerAddress;
        foreach (int port in here is null ? [] : deployerPorts)
        {
            names[$"{Bracketed(here!)}:{port}"] = port == deployerPorts[0] ? "this machine, where the seeder listens" : "this machine, where the tracker listens";
        }

        await TryAsync(
            host,
            ReachMax,
            async token =>
            {
                await channel.SendAsync(new ReachCommand([.. names.Keys]), token).ConfigureAwait(false);
                if (await channel.ReadAsync(token).ConfigureAwait(false) is AgentReached { Unreached: [_, ..] unreached })
                {
                    host.Fail(HostFailure.SwarmStalled, string.Join("; ", unreached.Select(miss => $"it cannot reach {miss.Endpoint} ({names.GetValueOrDefault(miss.Endpoint)}): {miss.Reason}")));
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The next ones in a ring of those that listen: so each is tried by as many as it tries.</summary>
    private IEnumerable<SurveyedHost> NeighboursOf(int index) =>
        Enumerable.Range(1, _hosts.Length - 1).Select(step => _hosts[(index + step) % _hosts.Length]).Where(other => other.Answer is { Port: > 0 }).Take(NeighboursTried);

    /// <summary>First where the seeder would listen, then anywhere, as the tracker does.</summary>
    private IEnumerable<TcpListener> ListenHere()
    {
        IEnumerable<int> seederPorts = plan.SeederPort == 0 ? [0] : Enumerable.Range(plan.SeederPort, DeployerPortsTried).Append(0);
        return [seederPorts.Select(TryListen).First(listener => listener is not null)!, TryListen(0)!];
    }

    private static TcpListener? TryListen(int port)
    {
        TcpListener listener = TcpListener.Create(port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException) when (port != 0)
        {
            listener.Dispose(); // expected: taken
            return null;
        }
    }

    private static async Task TryAsync(SurveyedHost host, TimeSpan timeMax, Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeMax);
        try
        {
            await ask(deadline.Token).ConfigureAwait(false);
        }
        catch (HostException e)
        {
            host.Fail(e.Failure, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            host.Fail(HostFailure.AgentLost, $"the agent gave no answer within {timeMax.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is not OperationCanceledException) // a bug of ours on one host must not take the plan of all others along
        {
            host.Fail(HostFailure.Bug, e.ToString());
        }
    }

    private static async Task LeaveAsync(AgentChannel channel)
    {
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(5));
        try
        {
            await channel.SendAsync(new StopCommand(), late.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HostException or OperationCanceledException)
        {
            // Expected of one that is lost; the end of its stdin ends it all the same.
        }

        await channel.DisposeAsync().ConfigureAwait(false);
    }

    private static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}

/// <summary>What was heard of one host.</summary>
internal sealed class SurveyedHost(TargetHost target)
{
    public TargetHost Target { get; } = target;

    /// <summary>Null when the host could not be asked.</summary>
    public AgentSurveyed? Answer { get; set; }

    public AgentChannel? Channel { get; set; }

    public List<Problem> Problems { get; } = [];

    /// <summary>Where others reach it: as the deployer does, seen from the host.</summary>
    public string Address => Target.IsLocal ? IPAddress.Loopback.ToString() : Channel?.Hello.HostAddress ?? Target.Address;

    public void Fail(HostFailure failure, string detail) => Problems.Add(HostProblems.From(Target, failure, detail));
}
