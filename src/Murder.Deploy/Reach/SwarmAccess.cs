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

    /// <summary>Without a rate limit. Well below what a fetch waits for its first byte.</summary>
    private static readonly TimeSpan s_starvedAfter = TimeSpan.FromSeconds(6);

    /// <summary>What a tunnel has to end in; what hangs then is a thread that nobody waits for.</summary>
    private static readonly TimeSpan s_endMax = TimeSpan.FromSeconds(6);

    private readonly long _origin = time.GetTimestamp();
    private readonly WayFinder _finder = new(seeder.Ports, time);
    private readonly SemaphoreSlim _logins = new(plan.LaunchesMax); // as at the beginning, so many at once
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();

    // All under _gate.
    private readonly bool[] _reachesUs = new bool[plan.Hosts.Count];
    private readonly HostWay?[] _ways = new HostWay?[plan.Hosts.Count];
    private readonly Swarming?[] _swarming = new Swarming?[plan.Hosts.Count]; // who announced over its channel
    private readonly TunnelPolicy _policy = new([.. plan.Hosts.Select(host => host.Zone)], StarvedAfter(plan, release));
    private Task? _looking;

    private Instant Now => new(time.GetElapsedTime(_origin).Ticks);

    /// <summary>By which way the host came; null for one that did not.</summary>
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
            int tunnels = _ways.Count(way => way == HostWay.Tunnel);
            if (tunnels > 0)
            {
                string why = plan.Reach == SwarmReach.Tunnel ? "were not to use" : "do not reach";
                log.Milestone($"{_ways.Count(way => way is HostWay.Peers or HostWay.Tunnel)} of {plan.Hosts.Count} hosts {why} ports of this machine: the release came to {tunnels} of them over the connections by which they are reached");
            }

            IReadOnlyList<int> cutOff = _policy.CutOff();
            if (cutOff.Count > 0)
            {
                log.Report(RolloutProblems.CutOff([.. cutOff.Select(host => plan.Hosts[host].Name)], [.. cutOff.Select(host => _swarming[host]!.Port).Distinct().Order()], _policy.PerhapsCutOffCount));
            }
        }
    }

    public async Task PrepareAsync(int host, AgentChannel agent, CancellationToken cancellationToken)
    {
        bool reachesUs = plan.Hosts[host].IsLocal || plan.Reach switch
        {
            SwarmReach.Direct => true,
            SwarmReach.Tunnel => false,
            _ => await _finder.IsReachedAsync(agent, ThisMachine.AddressesFor(agent.Hello), cancellationToken).ConfigureAwait(false),
        };
        if (!reachesUs)
        {
            log.Detail($"{plan.Hosts[host].Name}: {(plan.Reach == SwarmReach.Tunnel ? "" : "it reaches no port of this machine, so it ")}asks the tracker over the connection by which it was reached");
        }

        lock (_gate)
        {
            _reachesUs[host] = reachesUs;
        }
    }

    public FetchCommand MakeFetch(int host, AgentHello hello)
    {
        TargetHost target = plan.Hosts[host];
        ulong seed = SeedOf(host);
        bool reachesUs;
        lock (_gate)
        {
            reachesUs = _reachesUs[host];
            _ways[host] = reachesUs ? HostWay.Direct : null;
            _policy.Present(Now);
        }

        return new FetchCommand
        {
            Root = target.Root,
            Release = plan.Release,
            Metainfo = release.Metainfo.Bytes,
            AnnounceUrls = reachesUs ? seeder.AnnounceUrlsFor(target, hello) : [],
            AnnouncesByChannel = !target.IsLocal && plan.Reach != SwarmReach.Direct,
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

    public string Explain(int host, AgentFailed failed)
    {
        lock (_gate)
        {
            return failed.Failure == HostFailure.SwarmStalled && _swarming[host]?.TunnelFailure is { } reason
                ? $"{failed.Detail.TrimEnd('.')}, and the seeder does not reach it over a further session: {reason}"
                : failed.Detail;
        }
    }

    public AnnouncedCommand Answer(int host, AgentHello hello, AgentAnnounce announce)
    {
        // The zone comes back in an announce URL; there is none here.
        string zone = plan.Hosts[host].Zone is { Length: > 0 } name ? "&zone=" + Uri.EscapeDataString(name) : "";
        byte[] answer = seeder.Announce(SeedOf(host), announce.Query + zone, HostEndpoints.AddressOf(plan.Hosts[host], hello));
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
                    AgentProgress progress = progressed.Progress;
                    _policy.Progressed(progressed.Host, progress.DownloadedBytes, progress.Peers, progress.VerifiedBytes == progress.TotalBytes, Now);
                    break;
                case RolloutInput.Staged staged:
                    Leave(staged.Host, hasEverything: true);
                    break;
                case RolloutInput.AgentFailed failed:
                    Leave(failed.Host, hasEverything: false);
                    break;
                case RolloutInput.AgentLost lost:
                    Leave(lost.Host, hasEverything: false);
                    break;
                case RolloutInput.AgentLeft left:
                    Leave(left.Host, hasEverything: false);
                    break;
                case RolloutInput.CancelRequested or RolloutInput.SeederLost:
                    Array.ForEach([.. Enumerable.Range(0, _swarming.Length)], host => Leave(host, hasEverything: false));
                    break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        Task running;
        lock (_gate)
        {
            running = Task.WhenAll([_looking ?? Task.CompletedTask, .. _swarming.OfType<Swarming>().SelectMany(swarming => new[] { swarming.Tunnel, swarming.Ending })]);
        }

        if (await Task.WhenAny(running, Task.Delay(s_endMax, time)).ConfigureAwait(false) != running)
        {
            return; // what hangs holds what it needs
        }

        foreach (Swarming swarming in _swarming.OfType<Swarming>())
        {
            swarming.End.Dispose();
        }

        _logins.Dispose();
        _end.Dispose();
    }

    /// <summary>Under a limit each step of a piece from host to host takes as long as the piece does.</summary>
    private static TimeSpan StarvedAfter(DeploymentPlan plan, Release release) =>
        s_starvedAfter + (plan.RateLimit is { } limit ? 2 * TimeSpan.FromSeconds((double)release.Metainfo.Layout.PieceLength / limit.BytesPerSecond) : TimeSpan.Zero);

    /// <summary>A host's part in the swarm draws everything random from this, its name included.</summary>
    private ulong SeedOf(int host) => new SwarmRandom(plan.Seed + (ulong)host + 1).Next();

    private void Join(int host, AgentHello hello, AnnounceRequest request)
    {
        lock (_gate)
        {
            if (_end.IsCancellationRequested || _swarming[host] is not null)
            {
                return;
            }

            _swarming[host] = new Swarming(request.Port, hello.Path, CancellationTokenSource.CreateLinkedTokenSource(_end.Token));
            _ways[host] = HostWay.Peers;
            if (request.Left > 0)
            {
                _looking ??= LookAsync();
                if (_policy.Joined(host, isEntrance: !_reachesUs[host], Now))
                {
                    OpenTunnels();
                }
            }
        }
    }

    private void Leave(int host, bool hasEverything)
    {
        if (_swarming[host] is { } swarming)
        {
            _policy.Done(host, hasEverything);
            if (!swarming.End.IsCancellationRequested)
            {
                swarming.Ending = swarming.End.CancelAsync(); // what that sets going does not run under our lock
            }
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
            _swarming[host]!.Tunnel = RunTunnelAsync(host, _swarming[host]!);
        }
    }

    private async Task RunTunnelAsync(int host, Swarming swarming)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // not under the caller's lock
        string name = plan.Hosts[host].Name;
        try
        {
            string path = swarming.AgentPath ?? throw new HostException(HostFailure.ProtocolMismatch, $"{name}: the agent has no file of its own there");
            SeederTunnel tunnel = new(plan.Hosts[host], token => OpenPipeAsync(plan.Hosts[host], path, swarming.Port, token), time);
            await tunnel.RunAsync(peer => seeder.MeetAsync(peer, swarming.End.Token), () => Opened(host), swarming.End.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (swarming.End.IsCancellationRequested)
        {
            // Expected: the host has everything, or the deploy ends.
        }
        catch (Exception e) // of whatever kind: without its tunnel the host may still get the release from others
        {
            string reason = e is HostException ? e.Message : e.ToString();
            log.Detail($"{name}: the seeder does not reach it over a further session: {reason}");
            lock (_gate)
            {
                swarming.TunnelFailure = reason;
                _policy.Failed(host, Now);
            }
        }
    }

    private async Task<PortPipeShell> OpenPipeAsync(TargetHost host, string agentPath, int port, CancellationToken cancellationToken)
    {
        await _logins.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await PortPipeShell.OpenAsync(shells, host, agentPath, port, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _logins.Release();
        }
    }

    private void Opened(int host)
    {
        lock (_gate)
        {
            _ways[host] = HostWay.Tunnel;
            _policy.Opened(host);
        }

        log.Detail($"{plan.Hosts[host].Name}: the seeder reaches it over a further session");
    }

    /// <summary>A host that announced over its channel.</summary>
    private sealed class Swarming(int port, string? agentPath, CancellationTokenSource end)
    {
        public int Port { get; } = port;

        public string? AgentPath { get; } = agentPath;

        public CancellationTokenSource End { get; } = end;

        public Task Ending { get; set; } = Task.CompletedTask;

        public Task Tunnel { get; set; } = Task.CompletedTask;

        /// <summary>Why its last tunnel came to nothing; null when none did.</summary>
        public string? TunnelFailure { get; set; }
    }
}
