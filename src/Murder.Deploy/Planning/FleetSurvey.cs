using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Swarm.IO;

namespace Murder.Deploy;

/// <summary>
/// Asks every host of a plan what a deploy would meet there, and lets each try to reach two others and this machine, as in a deploy it must.
/// Changes nothing but that a host which has no agent yet gets one into its cache.
/// </summary>
internal sealed class FleetSurvey(DeploymentPlan plan, Release release, IAgentLauncher launcher)
{
    /// <summary>How long an agent may say nothing of its getting on: one that holds most of a large release reads and hashes it.</summary>
    private static readonly TimeSpan HeadwayMax = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ReachMax = TimeSpan.FromSeconds(15);

    private const int NeighboursTried = 2;
    private static readonly int s_portsTried = new SwarmDriverOptions { Seed = 0 }.PortsTried;

    private readonly SurveyedHost[] _hosts = [.. plan.Hosts.Select(host => new SurveyedHost(host))];
    private readonly ConcurrentBag<ReachAttempt> _attempts = [];

    /// <summary>The hosts in the order of the plan, and which connections they tried.</summary>
    public async Task<(IReadOnlyList<SurveyedHost> Hosts, IReadOnlyList<ReachAttempt> Attempts)> RunAsync(CancellationToken cancellationToken)
    {
        ConcurrentBag<AgentChannel> channels = [];
        try
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = plan.LaunchesMax, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(_hosts, parallel, async (host, token) => await SurveyAsync(host, channels, token).ConfigureAwait(false)).ConfigureAwait(false);
            using PeerListener seeder = ListenAsSeeder();
            using PeerListener tracker = new(IPAddress.IPv6Any, 0, portsTried: 1);
            await Parallel.ForAsync(0, _hosts.Length, parallel, async (index, token) => await ReachAsync(index, seeder.Port, tracker.Port, token).ConfigureAwait(false)).ConfigureAwait(false);
            return (_hosts, [.. _attempts.OrderBy(attempt => attempt.From).ThenBy(attempt => attempt.Target).ThenBy(attempt => attempt.To)]);
        }
        finally
        {
            await Task.WhenAll(channels.Select(channel => LeaveAsync(channel))).ConfigureAwait(false);
        }
    }

    private async Task SurveyAsync(SurveyedHost host, ConcurrentBag<AgentChannel> channels, CancellationToken cancellationToken) => await TryAsync(
        host,
        HeadwayMax,
        async deadline =>
        {
            AgentChannel channel = await launcher.LaunchAsync(host.Target, deadline.Token).ConfigureAwait(false);
            channels.Add(channel);
            int port = host.Target.IsLocal ? 0 : plan.Port;
            SurveyCommand question = new() { Root = host.Target.Root, Release = release.Id, Metainfo = release.Metainfo.Bytes, Port = port, Shared = plan.Shared, Steps = plan.Steps };
            await channel.SendAsync(question, deadline.Token).ConfigureAwait(false);
            AgentEvent answer;
            while ((answer = await channel.ReadAsync(deadline.Token).ConfigureAwait(false)) is AgentWorking)
            {
                deadline.CancelAfter(HeadwayMax);
            }

            switch (answer)
            {
                case AgentSurveyed surveyed:
                    host.Hear(surveyed, channel);
                    break;
                case AgentFailed failed:
                    host.Fail(failed.Failure, failed.Detail);
                    break;
                default:
                    host.Fail(HostFailure.ProtocolMismatch, $"the agent answered {answer.GetType().Name}");
                    break;
            }
        },
        cancellationToken).ConfigureAwait(false);

    private async Task ReachAsync(int index, int seederPort, int trackerPort, CancellationToken cancellationToken)
    {
        if (_hosts[index].Channel is not { } channel)
        {
            return;
        }

        await TryAsync(
            _hosts[index],
            ReachMax,
            async deadline =>
            {
                ILookup<bool, ReachAttempt> made = AttemptsOf(index, seederPort, trackerPort).ToLookup(attempt => attempt.Target == ReachTarget.Host);
                bool reachesUs = made[false].Any() && await ReachesUsAsync(channel, new DeployerPorts(seederPort, trackerPort), deadline.Token).ConfigureAwait(false);
                Array.ForEach([.. reachesUs ? made[false] : []], _attempts.Add);
                ReachAttempt[] attempts = [.. made[true], .. reachesUs ? [] : made[false]];
                await channel.SendAsync(new ReachCommand([.. attempts.Select(attempt => attempt.Endpoint)]), deadline.Token).ConfigureAwait(false);
                if (await channel.ReadAsync(deadline.Token).ConfigureAwait(false) is AgentReached reached)
                {
                    Dictionary<string, string> reasons = reached.Unreached.DistinctBy(miss => miss.Endpoint).ToDictionary(miss => miss.Endpoint, miss => miss.Reason);
                    Array.ForEach(attempts, attempt => _attempts.Add(attempt with { Failure = reasons.GetValueOrDefault(attempt.Endpoint) }));
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As a deploy finds it out: where another machine is in between, it is not at the address that the host sees.</summary>
    private static async Task<bool> ReachesUsAsync(AgentChannel channel, DeployerPorts ports, CancellationToken cancellationToken) =>
        !channel.Host.IsLocal && await new WayFinder(ports, TimeProvider.System).IsReachedAsync(channel, ThisMachine.AddressesFor(channel.Hello), cancellationToken).ConfigureAwait(false);

    private IEnumerable<ReachAttempt> AttemptsOf(int index, int seederPort, int trackerPort)
    {
        foreach (int other in NeighboursOf(index))
        {
            yield return new ReachAttempt(index, ReachTarget.Host, other, Endpoint(_hosts[other].Address, _hosts[other].Answer!.Port), Failure: null);
        }

        SurveyedHost host = _hosts[index];
        if (plan.Reach == SwarmReach.Tunnel && !host.Target.IsLocal)
        {
            yield break; // nothing of this machine is asked for
        }

        if ((host.Target.IsLocal ? IPAddress.Loopback.ToString() : host.Channel!.Hello.DeployerAddress) is { } here)
        {
            yield return new ReachAttempt(index, ReachTarget.Seeder, To: -1, Endpoint(here, seederPort), Failure: null);
            yield return new ReachAttempt(index, ReachTarget.Tracker, To: -1, Endpoint(here, trackerPort), Failure: null);
        }
    }

    /// <summary>The next ones in a ring of those that listen: so each is tried by as many as it tries.</summary>
    private IEnumerable<int> NeighboursOf(int index) =>
        Enumerable.Range(1, _hosts.Length - 1).Select(step => (index + step) % _hosts.Length).Where(other => _hosts[other].Answer is { Port: > 0 }).Take(NeighboursTried);

    /// <summary>Where the seeder would; and as it does, anywhere when those ports are taken.</summary>
    private PeerListener ListenAsSeeder()
    {
        try
        {
            return new PeerListener(IPAddress.IPv6Any, plan.SeederPort, s_portsTried);
        }
        catch (SocketException) when (plan.SeederPort != 0)
        {
            return new PeerListener(IPAddress.IPv6Any, 0, portsTried: 1);
        }
    }

    private static async Task TryAsync(SurveyedHost host, TimeSpan timeMax, Func<CancellationTokenSource, Task> ask, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeMax);
        try
        {
            await ask(deadline).ConfigureAwait(false);
        }
        catch (HostException e)
        {
            host.Fail(e.Failure, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            host.Fail(HostFailure.AgentLost, $"the agent gave no answer, and its work did not get on, for {timeMax.TotalSeconds:0} s");
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

    private static string Endpoint(string address, int port) => $"{HostAddress.Bracketed(address)}:{port}";
}
