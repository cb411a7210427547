using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>
/// The origin of a swarm: serves a folder that holds the whole release, and only reads it. It has no root, so no lock, no release tree and no audit
/// log, and announces to nobody: the deployer's tracker knows it, and the deployer tells it of peers that cannot reach it. <see cref="Start"/> ends when the port is listened on, and
/// <see cref="DisposeAsync"/> leaves the swarm.
/// </summary>
internal sealed class SeedVerb(SeedCommand command, IEventSink events, FetchOptions options, Action<string> warn, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Members that may be connected at once. The rest get the release from each other.</summary>
    private const int PeersMax = 256;

    private readonly CancellationTokenSource _leaving = new();
    private readonly Lock _telling = new();
    private PieceStore? _pieces;
    private MemberTls? _security;
    private SwarmDriver? _driver;
    private Task _seeding = Task.CompletedTask;
    private Task _reporting = Task.CompletedTask;
    private long _toldBytes;

    /// <summary>Says <see cref="AgentSeeding"/>, and from then on what is sent, and <see cref="AgentFailed"/> when it cannot go on.</summary>
    /// <exception cref="VerbException"/>
    public void Start()
    {
        if (!Path.IsPathFullyQualified(command.Directory))
        {
            throw new VerbException(HostFailure.StorageFailed, $"the publish folder '{command.Directory}' is not an absolute path");
        }

        Metainfo metainfo = Membership.ParseMetainfo(command);
        _security = Membership.OpenCredential(command, time);
        _pieces = PieceStore.OpenForSeeding(command.Directory, metainfo);
        string? portsTaken;
        try
        {
            _driver = Listen(metainfo, out portsTaken);
        }
        catch (SocketException e)
        {
            throw new VerbException(HostFailure.PortsTaken, $"no port of this machine can be listened on: {e.Message}", e);
        }

        events.Send(new AgentSeeding(_driver.Port, portsTaken));
        _seeding = SeedAsync(_driver);
        _reporting = ReportAsync(_driver);
    }

    /// <exception cref="VerbException">an endpoint is none</exception>
    public async Task MeetAsync(MeetCommand command)
    {
        IPEndPoint[] peers = [.. command.Endpoints.Select(text =>
            IPEndPoint.TryParse(text, out IPEndPoint? peer) ? peer : throw new VerbException(HostFailure.ProtocolMismatch, $"'{text}' is no address with a port"))];
        await _driver!.MeetAsync(peers).ConfigureAwait(false);
    }

    /// <summary>Leaves the swarm, which takes at most some seconds, and says what was sent in all.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync().ConfigureAwait(false);
        await _seeding.ConfigureAwait(false);
        await _reporting.ConfigureAwait(false);
        if (_driver is not null)
        {
            await _driver.DisposeAsync().ConfigureAwait(false);
            Tell(_driver);
        }

        _pieces?.Dispose();
        _security?.Dispose();
        _leaving.Dispose();
        AgentCache.RemoveOld(Environment.ProcessPath, time.GetUtcNow(), warn); // on hosts the pruning of releases does
    }

    /// <summary>Where firewalls are likely to have been opened for the swarm, or, when all those ports are taken, anywhere: hosts may well reach it.</summary>
    private SwarmDriver Listen(Metainfo metainfo, out string? portsTaken)
    {
        try
        {
            portsTaken = null;
            return MakeDriver(metainfo, command.Port);
        }
        catch (SocketException e) when (command.Port != 0)
        {
            portsTaken = e.Message;
            return MakeDriver(metainfo, port: 0);
        }
    }

    private SwarmDriver MakeDriver(Metainfo metainfo, int port) => new(
        metainfo,
        _pieces!,
        Bitfield.Full(metainfo.Layout.PieceCount),
        announcer: null,
        new SwarmDriverOptions
        {
            Port = port,
            Seed = command.Seed,
            Security = _security,
            Session = SwarmOptions.Default with { PeersMax = PeersMax, OutgoingPeersMax = PeersMax, UnchokedPeersMax = PeersMax, IsOrigin = true, BytesPerSecondMax = command.BytesPerSecondMax },
        },
        time);

    private async Task SeedAsync(SwarmDriver driver)
    {
        try
        {
            await driver.RunAsync(_leaving.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            Fail(new VerbException(HostFailure.PortsTaken, $"port {driver.Port} can no longer be listened on: {e.Message}", e));
        }
        catch (Exception e) // a folder that cannot be read any more, or a bug of ours; either is told, as of any verb
        {
            Fail(e);
        }

        void Fail(Exception e)
        {
            Tell(driver);
            events.Send(VerbException.Describe(e, warn));
        }
    }

    private async Task ReportAsync(SwarmDriver driver)
    {
        using PeriodicTimer timer = new(options.ProgressInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_leaving.Token).ConfigureAwait(false))
            {
                Tell(driver);
            }
        }
        catch (OperationCanceledException)
        {
            // Expected: this is how it ends.
        }
    }

    /// <summary>Says how much was sent, unless that was said last.</summary>
    private void Tell(SwarmDriver driver)
    {
        lock (_telling)
        {
            long uploadedBytes = driver.Stats.UploadedBytes;
            if (uploadedBytes != _toldBytes)
            {
                _toldBytes = uploadedBytes;
                events.Send(new AgentUploaded(uploadedBytes, driver.FirstUploadTimestamp));
            }
        }
    }
}
