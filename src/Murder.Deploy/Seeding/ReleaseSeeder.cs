using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.Deploy;

/// <summary>
/// The deployer's part in the swarm: the transient tracker, the seeder, which reads the publish folder, and the authority that says who
/// the members are. All live as long as this object.
/// </summary>
internal sealed class ReleaseSeeder : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly SwarmAuthority? _authority;
    private readonly MemberTls? _seederTls;
    private readonly MemberTls? _trackerTls;
    private readonly PieceStore _store;
    private readonly TrackerServer _tracker;
    private readonly SwarmDriver _driver;
    private readonly IPAddress[] _ownAddresses = [.. OwnAddresses()];
    private readonly Task[] _both;
    private readonly Task _running;

    private ReleaseSeeder(Release release, DeploymentPlan plan, int port, TimeProvider time)
    {
        ulong seed = plan.Seed;
        if (plan.SwarmSecurity == SwarmSecurity.Tls)
        {
            _authority = new SwarmAuthority(time);
            _seederTls = new MemberTls(_authority.Issue(PeerOf(seed)), time);
            _trackerTls = new MemberTls(_authority.IssueTracker(), time);
        }

        // The secret is not derived from the seed: the seed stands in the report.
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _store = PieceStore.OpenForSeeding(release.Directory, release.Metainfo);
        try
        {
            _tracker = new TrackerServer(release.Metainfo.InfoHash, secret, seed, time, security: _trackerTls);
            _driver = new SwarmDriver(
                release.Metainfo,
                _store,
                Bitfield.Full(release.Metainfo.Layout.PieceCount),
                announcer: null,
                new SwarmDriverOptions { Port = port, Seed = seed, Security = _seederTls, Session = SessionOptions(plan) },
                time);
        }
        catch
        {
            _tracker?.DisposeAsync().AsTask().GetAwaiter().GetResult(); // it never ran: only its socket is closed, and nothing waits
            DisposeMeans();
            throw;
        }

        _tracker.AddLocalSeed(_driver.Self, _driver.Port);
        _both = [_tracker.RunAsync(_end.Token), _driver.RunAsync(_end.Token)];
        _running = Task.WhenAny(_both).Unwrap();
    }

    /// <summary>Members that may be connected to the seeder at once. The rest get the release from each other.</summary>
    private const int PeersMax = 256;

    /// <summary>Bytes of payload that left the seeder.</summary>
    public long UploadedBytes => _driver.Stats.UploadedBytes;

    /// <summary>When the first of them did, as a timestamp of the time provider; null when none has.</summary>
    public long? FirstByteTimestamp => _driver.FirstUploadTimestamp;

    /// <summary>Faults as soon as the publish folder cannot be read any more or a socket is lost, though the other half would go on.</summary>
    public Task Running => _running;

    public DeployerPorts Ports => new(_driver.Port, _tracker.Port);

    /// <summary>
    /// Listens where firewalls are likely to have been opened for the swarm. When all those ports are taken the deploy goes on from another one,
    /// which the log names: hosts may well reach it.
    /// </summary>
    public static ReleaseSeeder Start(Release release, DeploymentPlan plan, IDeploymentLog log, TimeProvider time)
    {
        int port = plan.SeederPort;
        ReleaseSeeder seeder;
        try
        {
            seeder = new ReleaseSeeder(release, plan, port, time);
        }
        catch (SocketException e) when (port != 0)
        {
            seeder = new ReleaseSeeder(release, plan, port: 0, time);
            log.Milestone($"no swarm port from {port} on is free on this machine ({e.Message}); the seeder listens on {seeder.Ports.Seeder}");
        }

        log.Detail($"on this machine hosts reach the seeder on TCP port {seeder.Ports.Seeder} and the tracker on {seeder.Ports.Tracker}");
        return seeder;
    }

    /// <summary>Where an agent can reach the tracker, best first: the address its own SSH session came from, then every address of this machine.</summary>
    public IReadOnlyList<string> AnnounceUrlsFor(TargetHost host, AgentHello hello)
    {
        IEnumerable<IPAddress> addresses = host.IsLocal
            ? [IPAddress.Loopback]
            : _ownAddresses;
        if (!host.IsLocal && IPAddress.TryParse(hello.DeployerAddress, out IPAddress? seen))
        {
            addresses = addresses.Prepend(seen);
        }

        // The agent need not know what a zone is: its announces carry it back.
        string zone = host.Zone.Length > 0 ? "?zone=" + Uri.EscapeDataString(host.Zone) : "";
        return [.. addresses.Distinct().Select(address => _tracker.AnnounceUrl(address).ToString() + zone)];
    }

    /// <summary>What makes the agent with this seed a member; null in a swarm without certificates.</summary>
    public MemberCredential? CredentialFor(ulong agentSeed) => _authority?.Issue(PeerOf(agentSeed));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a fault was seen through Running
        await _driver.DisposeAsync().ConfigureAwait(false);
        await _tracker.DisposeAsync().ConfigureAwait(false);
        DisposeMeans();
    }

    private static SwarmOptions SessionOptions(DeploymentPlan plan) =>
        SwarmOptions.Default with { PeersMax = PeersMax, UnchokedPeersMax = PeersMax, IsOrigin = true, BytesPerSecondMax = plan.RateLimit?.BytesPerSecond };

    private void DisposeMeans()
    {
        _store.Dispose();
        _seederTls?.Dispose();
        _trackerTls?.Dispose();
        _authority?.Dispose();
        _end.Dispose();
    }

    /// <summary>The id that a member with this seed would draw by itself.</summary>
    private static PeerId PeerOf(ulong seed) => PeerId.Create(new SwarmRandom(seed));

    private static IEnumerable<IPAddress> OwnAddresses() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
        from unicast in network.GetIPProperties().UnicastAddresses
        where unicast.Address is { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false }
        select unicast.Address;
}
