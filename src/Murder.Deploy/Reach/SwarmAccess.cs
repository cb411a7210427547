using System.Net;
using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.Deploy;

/// <summary>
/// Brings the hosts of a deploy into its swarm, each by the way it has. Hosts that reach no port of this machine ask the tracker over their control
/// channels; <see cref="TunnelPolicy"/> says which of them the seeder is connected to over a shell. Disposing ends all tunnels.
/// </summary>
/// <param name="shells">on hosts of other machines</param>
internal sealed class SwarmAccess(DeploymentPlan plan, Release release, ReleaseSeeder seeder, IShellConnector shells, IDeploymentLog log, TimeProvider time) : ISwarmAccess, IAsyncDisposable
{
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(250);

    private readonly long _origin = time.GetTimestamp();
    private readonly WayFinder _finder = new(seeder.Ports, time);
    private readonly HostWay?[] _ways = new HostWay?[plan.Hosts.Count];
    private readonly Lock _gate = new();
    private readonly TunnelPolicy _policy = new([.. plan.Hosts.Select(host => host.Zone)]); // under _gate
    private readonly Dictionary<int, Swarming> _swarming = []; // under _gate; hosts that announce over their channels
    private readonly CancellationTokenSource _end = new();
    private Task? _looking; // under _gate

    private Instant Now => new(time.GetElapsedTime(_origin).Ticks);

    /// <summary>By which way the host came; null for one that was not prepared.</summary>
    public HostWay? WayOf(int host)
    {
        lock (_gate)
        {
            return _ways[host];
        }
    }

    /// <summary>Which hosts had to be helped, and what is to be opened for them.</summary>
    public void Tell()
    {
        lock (_gate)
        {
            int helped = _ways.Count(way => way is HostWay.Peers or HostWay.Tunnel);
            if (helped > 0)
            {
                string why = plan.Reach == SwarmReach.Tunnel ? "" : ", since they reach no port of this machine";
                log.Milestone($"{helped} of {plan.Hosts.Count} hosts asked the tracker over their control channels{why}; the seeder reached {_ways.Count(way => way == HostWay.Tunnel)} of them over a shell");
            }

            IReadOnlyList<int> cutOff = _policy.CutOff();
            if (cutOff.Count > 0)
            {
                log.Report(RolloutProblems.CutOff([.. cutOff.Select(host => plan.Hosts[host].Name)], [.. cutOff.Select(host => _swarming[host].Port).Distinct().Order()]));
            }
        }
    }

    public async Task PrepareAsync(int host, AgentChannel agent, CancellationToken cancellationToken)
    {
        bool isDirect = plan.Hosts[host].IsLocal || plan.Reach switch
        {
            SwarmReach.Direct => true,
            SwarmReach.Tunnel => false,
            _ => await _finder.IsReachedAsync(agent, seeder.AddressesFor(agent.Hello), cancellationToken).ConfigureAwait(false),
        };
        if (!isDirect)
        {
            log.Detail($"{plan.Hosts[host].Name}: {(plan.Reach == SwarmReach.Tunnel ? "" : "it reaches no port of this machine, so it ")}asks the tracker over its control channel");
        }

        lock (_gate)
        {
            _ways[host] = isDirect ? HostWay.Direct : HostWay.Peers;
        }
    }

    public FetchCommand MakeFetch(int host, AgentHello hello)
    {
        TargetHost target = plan.Hosts[host];
        ulong seed = SeedOf(host);
        bool isDirect = WayOf(host) == HostWay.Direct;
        return new FetchCommand
        {
            Root = target.Root,
            Release = plan.Release,
            Metainfo = release.Metainfo.Bytes,
            AnnounceUrls = isDirect ? seeder.AnnounceUrlsFor(target, hello) : [],
            AnnouncesByChannel = !isDirect,
            Port = target.IsLocal ? 0 : plan.Port,
            Seed = seed,
            Credential = seeder.CredentialFor(seed),
            Zone = target.Zone,
            BytesPerSecondMax = plan.RateLimit?.BytesPerSecond,
            IsToBeActivated = plan.Goal != RolloutGoal.Staged,
            Shared = plan.Goal == RolloutGoal.Staged ? SharedPaths.None : plan.Shared,
            DeployedBy = plan.DeployedBy,
            DeployStartedAt = plan.StartedAt,
            BreaksLock = plan.BreaksLock,
        };
    }

    public AnnouncedCommand Answer(int host, AgentHello hello, AgentAnnounce announce)
    {
        // The zone comes back in an announce URL; there is none here.
        string zone = plan.Hosts[host].Zone is { Length: > 0 } name ? "&zone=" + Uri.EscapeDataString(name) : "";
        byte[] answer = seeder.Announce(SeedOf(host), announce.Query + zone, AddressOf(plan.Hosts[host], hello));
        if (AnnounceRequest.TryParse(announce.Query, out AnnounceRequest? request, out _) && request.Event != AnnounceEvent.Stopped)
        {
            Join(host, hello, request);
        }

        return new AnnouncedCommand(announce.Sequence, answer);
    }

    /// <summary>What happens on the hosts tells who needs a tunnel.</summary>
    public void Observe(RolloutInput input)
    {
        lock (_gate)
        {
            switch (input)
            {
                case RolloutInput.Progressed progressed:
                    _policy.Progressed(progressed.Host, progressed.Progress.DownloadedBytes, progressed.Progress.Peers, Now);
                    break;
                case RolloutInput.Staged staged:
                    Leave(staged.Host);
                    break;
                case RolloutInput.AgentFailed failed:
                    Leave(failed.Host);
                    break;
                case RolloutInput.AgentLost lost:
                    Leave(lost.Host);
                    break;
                case RolloutInput.AgentLeft left:
                    Leave(left.Host);
                    break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        Task[] running;
        lock (_gate)
        {
            running = [_looking ?? Task.CompletedTask, .. _swarming.Values.Select(swarming => swarming.Tunnel)];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        foreach (Swarming swarming in _swarming.Values)
        {
            swarming.End.Dispose();
        }

        _end.Dispose();
    }

    /// <summary>A host's part in the swarm draws everything random from this, its name included.</summary>
    private ulong SeedOf(int host) => new SwarmRandom(plan.Seed + (ulong)host + 1).Next();

    /// <summary>Where other hosts reach it. One that nobody can name an address of is told to those of its own machine only.</summary>
    private static IPAddress AddressOf(TargetHost target, AgentHello hello) =>
        IPAddress.TryParse(hello.HostAddress ?? hello.OwnAddress ?? target.Address, out IPAddress? address) ? address : IPAddress.Loopback;

    private void Join(int host, AgentHello hello, AnnounceRequest request)
    {
        lock (_gate)
        {
            if (_end.IsCancellationRequested || _swarming.ContainsKey(host))
            {
                return;
            }

            _swarming.Add(host, new Swarming(request.Port, hello.Path, CancellationTokenSource.CreateLinkedTokenSource(_end.Token)));
            if (request.Left > 0)
            {
                _policy.Joined(host, Now);
                _looking ??= LookAsync();
                OpenTunnels();
            }
        }
    }

    private void Leave(int host)
    {
        if (_swarming.TryGetValue(host, out Swarming? swarming))
        {
            _policy.Done(host);
            _ = swarming.End.CancelAsync(); // what that sets going is not to run under our lock
        }
    }

    private async Task LookAsync()
    {
        using PeriodicTimer timer = new(s_lookInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    OpenTunnels();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Expected: this is how it ends.
        }
    }

    private void OpenTunnels()
    {
        foreach (int host in _end.IsCancellationRequested ? [] : _policy.Next(Now))
        {
            _swarming[host].Tunnel = RunTunnelAsync(host, _swarming[host]);
        }
    }

    private async Task RunTunnelAsync(int host, Swarming swarming)
    {
        await Task.Yield(); // not under the caller's lock
        string name = plan.Hosts[host].Name;
        try
        {
            string path = swarming.AgentPath ?? throw new HostException(HostFailure.ProtocolMismatch, $"{name}: the agent has no file of its own there");
            SeederTunnel tunnel = new(shells, plan.Hosts[host], path, swarming.Port, time);
            await tunnel.RunAsync(endpoint => BeginAsync(host, endpoint, swarming.End.Token), swarming.End.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Expected: the host has everything, or the deploy ends.
        }
        catch (Exception e) // of whatever kind: without its tunnel the host may still get the release from others
        {
            log.Detail($"{name}: the seeder does not reach it over a shell: {(e is HostException ? e.Message : e.ToString())}");
            lock (_gate)
            {
                _policy.Failed(host, Now);
            }
        }
    }

    private async Task BeginAsync(int host, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _ways[host] = HostWay.Tunnel;
        }

        log.Detail($"{plan.Hosts[host].Name}: the seeder reaches it over a shell");
        await seeder.MeetAsync(endpoint, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A host that announces over its channel.</summary>
    private sealed class Swarming(int port, string? agentPath, CancellationTokenSource end)
    {
        public int Port { get; } = port;

        public string? AgentPath { get; } = agentPath;

        public CancellationTokenSource End { get; } = end;

        public Task Tunnel { get; set; } = Task.CompletedTask;
    }
}
