using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.Deploy;

/// <summary>
/// The deployer's part in the swarm: the transient tracker, the authority that says who the members are, and the seeder, an agent on this machine
/// that reads the publish folder. It is a process of its own because only a process can say how its threads wait: in MSBuild's they spin, at
/// several times the cost of all that they do. All live as long as this object.
/// </summary>
internal sealed class ReleaseSeeder : IAsyncDisposable
{
    /// <summary>How long the seeder may say goodbye to peers; it takes two seconds and a half at most. Then it is ended by force.</summary>
    private static readonly TimeSpan s_leaveMax = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _end = new();
    private readonly AgentChannel _agent;
    private readonly TimeProvider _time;
    private readonly SwarmAuthority? _authority;
    private readonly MemberTls? _trackerTls;
    private readonly TrackerServer _tracker;
    private readonly Task _tracking;
    private Task _listening = Task.CompletedTask;
    private Task? _stopping;
    private long _uploadedBytes;
    private long _firstByteTimestamp = long.MaxValue;

    private ReleaseSeeder(Release release, DeploymentPlan plan, AgentChannel agent, TimeProvider time)
    {
        _agent = agent;
        _time = time;
        if (plan.SwarmSecurity == SwarmSecurity.Tls)
        {
            _authority = new SwarmAuthority(time);
            _trackerTls = new MemberTls(_authority.IssueTracker(), time);
        }

        // The secret is not derived from the seed: the seed stands in the report.
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        try
        {
            _tracker = new TrackerServer(release.Metainfo.InfoHash, secret, plan.Seed, time, security: _trackerTls);
        }
        catch (SocketException e)
        {
            DisposeMeans();
            throw new HostException(HostFailure.PortsTaken, $"the tracker cannot listen: {e.Message}", e);
        }

        _tracking = _tracker.RunAsync(_end.Token);
        Running = _tracking;
        Ports = new DeployerPorts(0, _tracker.Port);
    }

    /// <summary>Bytes of payload that left the seeder, as it said last: all of them once <see cref="StopAsync"/> has ended.</summary>
    public long UploadedBytes => Interlocked.Read(ref _uploadedBytes);

    /// <summary>When the first of them did, as a timestamp of the time provider; null when none has.</summary>
    public long? FirstByteTimestamp => Interlocked.Read(ref _firstByteTimestamp) is var timestamp and not long.MaxValue ? timestamp : null;

    /// <summary>
    /// Faults as soon as the publish folder cannot be read any more, the seeder is gone or a socket is lost, though the other half would go on.
    /// </summary>
    public Task Running { get; private set; }

    public DeployerPorts Ports { get; private set; }

    /// <summary>
    /// Listens where firewalls are likely to have been opened for the swarm. When all those ports are taken the deploy goes on from another one,
    /// which the log names: hosts may well reach it.
    /// </summary>
    /// <param name="agent">becomes the seeder, and ends with this object</param>
    /// <exception cref="HostException">the agent is lost or refuses; both it and the tracker have been ended</exception>
    public static async Task<ReleaseSeeder> StartAsync(
        Release release, DeploymentPlan plan, AgentChannel agent, IDeploymentLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        ReleaseSeeder seeder = new(release, plan, agent, time);
        try
        {
            await seeder.SeedAsync(release, plan, log, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await seeder.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return seeder;
    }

    /// <summary>Where an agent can reach the tracker, best first.</summary>
    public IReadOnlyList<string> AnnounceUrlsFor(TargetHost host, AgentHello hello)
    {
        IReadOnlyList<IPAddress> addresses = host.IsLocal ? [IPAddress.Loopback] : ThisMachine.AddressesFor(hello);
        // The tracker keeps members of a zone together: the agent's announces carry its zone back.
        string zone = host.Zone.Length > 0 ? "?zone=" + Uri.EscapeDataString(host.Zone) : "";
        return [.. addresses.Select(address => _tracker.AnnounceUrl(address).ToString() + zone)];
    }

    /// <summary>What the tracker answers to the agent with this seed, which asks over its control channel, and so reaches no address of this machine.</summary>
    /// <param name="from">where other hosts reach it</param>
    public byte[] Announce(ulong agentSeed, string query, IPAddress from) => _tracker.Announce(query, from, _authority is null ? null : PeerOf(agentSeed));

    /// <summary>Has the seeder connect to a peer.</summary>
    /// <exception cref="HostException">the seeder is lost</exception>
    public Task MeetAsync(IPEndPoint peer, CancellationToken cancellationToken) => _agent.SendAsync(new MeetCommand([peer.ToString()]), cancellationToken);

    /// <summary>What makes the agent with this seed a member; null in a swarm without certificates.</summary>
    public MemberCredential? CredentialFor(ulong agentSeed) => _authority?.Issue(PeerOf(agentSeed));

    /// <summary>Ends the seeder, and hears how much it sent. Bounded in time, and never faults: a seeder that is gone or hangs is ended by disposing.</summary>
    public Task StopAsync() => _stopping ??= LeaveAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        await _agent.DisposeAsync().ConfigureAwait(false);
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a fault was seen through Running
        await _tracking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _tracker.DisposeAsync().ConfigureAwait(false);
        DisposeMeans();
    }

    private async Task SeedAsync(Release release, DeploymentPlan plan, IDeploymentLog log, CancellationToken cancellationToken)
    {
        SeedCommand command = new()
        {
            Directory = release.Directory,
            Metainfo = release.Metainfo.Bytes,
            Port = plan.SeederPort,
            Seed = plan.Seed,
            Credential = CredentialFor(plan.Seed),
            BytesPerSecondMax = plan.RateLimit?.BytesPerSecond,
        };
        await _agent.SendAsync(command, cancellationToken).ConfigureAwait(false);
        AgentSeeding seeding = await HearStartAsync(cancellationToken).ConfigureAwait(false);
        _tracker.AddLocalSeed(PeerOf(plan.Seed), seeding.Port);
        Ports = Ports with { Seeder = seeding.Port };
        _listening = ListenAsync();
        Running = Task.WhenAny(_tracking, _listening).Unwrap();
        if (seeding.PortsTaken is { } reason)
        {
            log.Milestone($"no swarm port from {plan.SeederPort} on is free on this machine ({reason}); the seeder listens on {seeding.Port}");
        }

        log.Detail($"on this machine hosts reach the seeder, process {_agent.Hello.ProcessId}, on TCP port {Ports.Seeder} and the tracker on {Ports.Tracker}");
    }

    private async Task<AgentSeeding> HearStartAsync(CancellationToken cancellationToken) => await _agent.ReadAsync(cancellationToken).ConfigureAwait(false) switch
    {
        AgentSeeding seeding => seeding,
        AgentFailed failed => throw new HostException(failed.Failure, failed.Detail),
        { } other => throw new HostException(HostFailure.ProtocolMismatch, $"{_agent.Host.Name}: the agent answered {other.GetType().Name} out of turn"),
    };

    /// <summary>Until the seeder says goodbye.</summary>
    /// <exception cref="HostException">it cannot go on, or is gone</exception>
    private async Task ListenAsync()
    {
        while (true)
        {
            switch (await _agent.ReadAsync(_end.Token).ConfigureAwait(false))
            {
                case AgentUploaded uploaded:
                    Take(uploaded);
                    break;
                case AgentFailed failed:
                    throw new HostException(failed.Failure, failed.Detail);
                case AgentBye:
                    return;
            }
        }
    }

    private void Take(AgentUploaded uploaded)
    {
        Interlocked.Exchange(ref _uploadedBytes, uploaded.UploadedBytes);
        Interlocked.Exchange(ref _firstByteTimestamp, uploaded.FirstByteTimestamp ?? long.MaxValue);
    }

    private async Task LeaveAsync()
    {
        using CancellationTokenSource late = new(s_leaveMax, _time);
        try
        {
            await _agent.SendAsync(new StopCommand(), late.Token).ConfigureAwait(false);
            await _listening.WaitAsync(late.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HostException or OperationCanceledException)
        {
            // Expected: it is gone, which Running told, or it hangs.
        }
    }

    private void DisposeMeans()
    {
        _trackerTls?.Dispose();
        _authority?.Dispose();
        _end.Dispose();
    }

    /// <summary>The id that a member with this seed would draw by itself.</summary>
    private static PeerId PeerOf(ulong seed) => PeerId.Create(new SwarmRandom(seed));
}
