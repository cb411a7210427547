using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>
/// What a deploy of a release would meet on this host: the same questions that <see cref="FetchVerb"/> and <see cref="ActivateVerb"/> ask, but
/// nothing is made, changed or locked. Listens on the swarm port until it is disposed of, so that others can try to reach it.
/// </summary>
internal sealed class SurveyVerb(SurveyCommand command, Action<string> warn, TimeProvider time) : IDisposable
{
    /// <summary>As <see cref="FetchVerb"/> does.</summary>
    private const int PortsTried = 9;

    /// <summary>A packet filter drops silently.</summary>
    private static readonly TimeSpan ReachMax = TimeSpan.FromSeconds(3);

    private readonly ReleaseStore _releases = ReleaseStore.At(command.Root, warn, time, FileSteps.Unobserved);
    private readonly List<SurveyFinding> _findings = [];
    private Socket? _listener;

    private ReleaseLayout Layout => _releases.Layout;

    /// <exception cref="VerbException"/>
    public async Task<AgentSurveyed> RunAsync(CancellationToken cancellationToken)
    {
        Metainfo metainfo = Membership.ParseMetainfo(command);
        long total = metainfo.Layout.TotalLength;
        Reuse reuse = Reuse.Find(_releases, command.Release, command.Metainfo.Span, total);
        long verified = await VerifiedBytesAsync(reuse, metainfo, cancellationToken).ConfigureAwait(false);
        long needed = reuse.Kind is ReuseKind.Staged ? 0 : reuse.Kind is ReuseKind.Partial ? total - verified : total;
        long free = _releases.FreeBytes();
        if (free < needed)
        {
            Find(HostFailure.DiskFull, $"{Layout.Releases} has {free} bytes free, and {command.Release} needs {needed} more");
        }

        FindWhatIsInTheWay();
        return new AgentSurveyed
        {
            FetchBytes = total - verified,
            ReusedBytes = verified,
            NeededBytes = needed,
            FreeBytes = free,
            Current = _releases.Current(),
            Port = Listen(),
            LinkBitsPerSecond = NetworkLinks.FastestBitsPerSecond(),
            Findings = _findings,
        };
    }

    /// <summary>Those of the endpoints that cannot be reached, and why.</summary>
    public static async Task<AgentReached> ReachAsync(ReachCommand command, CancellationToken cancellationToken)
    {
        SurveyUnreached?[] unreached = await Task.WhenAll(command.Endpoints.Select(endpoint => TryAsync(endpoint, cancellationToken))).ConfigureAwait(false);
        return new AgentReached([.. unreached.OfType<SurveyUnreached>()]);
    }

    public void Dispose() => _listener?.Dispose();

    private static async Task<SurveyUnreached?> TryAsync(string text, CancellationToken cancellationToken)
    {
        if (!IPEndPoint.TryParse(text, out IPEndPoint? endpoint))
        {
            return new SurveyUnreached(text, "it is no address with a port");
        }

        using Socket socket = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ReachMax);
        try
        {
            await socket.ConnectAsync(endpoint, deadline.Token).ConfigureAwait(false);
            return null;
        }
        catch (SocketException e)
        {
            return new SurveyUnreached(text, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SurveyUnreached(text, $"no answer within {ReachMax.TotalSeconds:0} s");
        }
    }

    /// <summary>What would not have to be fetched, as the hashes say.</summary>
    private async Task<long> VerifiedBytesAsync(Reuse reuse, Metainfo metainfo, CancellationToken cancellationToken)
    {
        if (reuse.Kind == ReuseKind.Nothing)
        {
            return 0;
        }

        string folder = reuse.Kind == ReuseKind.Partial ? Layout.Partial(reuse.Source) : Layout.Release(reuse.Source);
        using PieceStore pieces = PieceStore.OpenForSeeding(folder, metainfo); // which only reads
        Bitfield verified = await pieces.VerifyAsync(cancellationToken).ConfigureAwait(false);
        if (reuse.Kind == ReuseKind.Staged && _releases.IsKept(command.Release, command.Metainfo.Span) == false)
        {
            Find(HostFailure.ReleaseTaken, $"{folder} is there already and holds something else");
        }
        else if (reuse.Kind == ReuseKind.Staged && !verified.IsFull)
        {
            Find(HostFailure.StorageFailed, $"{folder} is there already, but {verified.Length - verified.Count} of its {verified.Length} pieces are not what the metainfo says");
        }
        else if (reuse.Kind == ReuseKind.Staged && StagedFolder.FirstDifference(folder, metainfo) is { } difference)
        {
            Find(HostFailure.StorageFailed, $"{folder} is there already, but {difference}");
        }

        return Enumerable.Range(0, verified.Length).Where(piece => verified[piece]).Sum(piece => (long)metainfo.Layout.SizeOf(piece));
    }

    private void FindWhatIsInTheWay()
    {
        if (_releases.LockedBy() is { } holder)
        {
            Find(HostFailure.Locked, $"{Layout.Root} is locked by {holder}");
        }

        if (_releases.WhyCurrentCannotBeSwitched() is { } reason)
        {
            Find(HostFailure.ActivationFailed, reason);
        }

        // What is not there yet will be made in the nearest folder that is.
        string[] folders = [Layout.Root, Layout.Releases, Layout.Private, Layout.Metainfos];
        foreach (string folder in folders.Select(NearestExisting).Distinct())
        {
            if (Posix.WhyNotWritable(folder) is { } refusal)
            {
                Find(HostFailure.RootNotWritable, $"{folder} cannot be written: {refusal}");
            }
        }
    }

    private static string NearestExisting(string path)
    {
        while (!Directory.Exists(path))
        {
            path = Path.GetDirectoryName(path)!;
        }

        return path;
    }

    private int Listen()
    {
        for (int port = command.Port; port < command.Port + PortsTried && port <= IPEndPoint.MaxPort; port++)
        {
            Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                socket.Listen();
                _listener = socket;
                return ((IPEndPoint)socket.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                socket.Dispose(); // expected: taken
            }
        }

        Find(HostFailure.PortsTaken, string.Create(CultureInfo.InvariantCulture, $"no port from {command.Port} to {command.Port + PortsTried - 1} is free"));
        return 0;
    }

    private void Find(HostFailure failure, string detail) => _findings.Add(new SurveyFinding(failure, detail));
}
