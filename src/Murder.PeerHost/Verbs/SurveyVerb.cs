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
internal sealed class SurveyVerb(SurveyCommand command, IEventSink events, LoginEnvironment login, FetchOptions options, Action<string> warn, TimeProvider time) : IDisposable
{
    private static readonly int PortsTried = new SwarmDriverOptions { Seed = 0 }.PortsTried;

    private readonly ReleaseStore _releases = ReleaseStore.At(command.Root, warn, time, FileSteps.Unobserved);
    private readonly List<SurveyFinding> _findings = [];
    private PeerListener? _listener;

    private ReleaseLayout Layout => _releases.Layout;

    /// <exception cref="VerbException"/>
    public async Task<AgentSurveyed> RunAsync(CancellationToken cancellationToken)
    {
        Metainfo metainfo = Membership.ParseMetainfo(command);
        Reuse reuse = Reuse.Find(_releases, command.Release, metainfo);
        Bitfield verified = await VerifyAsync(reuse, metainfo, cancellationToken).ConfigureAwait(false);
        long reused = Enumerable.Range(0, verified.Length).Where(piece => verified[piece]).Sum(piece => (long)metainfo.Layout.SizeOf(piece));
        DiskSpace needed = reuse.NeededSpace(metainfo, verified);
        DiskSpace free = _releases.FreeSpace();
        Find(reuse.Kind == ReuseKind.Staged ? StagedFolder.WhyNot(_releases, command.Release, metainfo, verified) : free.WhyNotRoomFor(needed, Layout.Releases, command.Release));
        FindWhatIsInTheWay(metainfo);
        await FindWhatStepsLackAsync(cancellationToken).ConfigureAwait(false);
        return new AgentSurveyed
        {
            FetchBytes = metainfo.Layout.TotalLength - reused,
            ReusedBytes = reused,
            NeededBytes = needed.Bytes,
            FreeBytes = free.Bytes,
            Current = _releases.Current(),
            Port = Listen(),
            Findings = _findings,
        };
    }

    public void Dispose() => _listener?.Dispose();

    /// <summary>What would not have to be fetched, as the hashes say.</summary>
    private async Task<Bitfield> VerifyAsync(Reuse reuse, Metainfo metainfo, CancellationToken cancellationToken)
    {
        if (reuse.Kind == ReuseKind.Nothing)
        {
            return new Bitfield(metainfo.Layout.PieceCount);
        }

        string folder = reuse.Kind == ReuseKind.Partial ? Layout.Partial(reuse.Source) : Layout.Release(reuse.Source);
        using PieceStore pieces = PieceStore.OpenForSeeding(folder, metainfo); // which only reads
        return await pieces.VerifyAsync(cancellationToken, new WorkReport(AgentWork.Checking, events, options, time).Step).ConfigureAwait(false);
    }

    private void FindWhatIsInTheWay(Metainfo metainfo)
    {
        if (_releases.LockedBy() is { } holder)
        {
            Find(new VerbException(HostFailure.Locked, $"{Layout.Root} is locked by {holder}"));
        }

        if (_releases.WhyCurrentCannotBeSwitched() is { } reason)
        {
            Find(new VerbException(HostFailure.ActivationFailed, reason));
        }

        if (_releases.WhyRootIsAnothers(metainfo.Name) is { } other)
        {
            Find(new VerbException(HostFailure.RootTaken, other));
        }

        // What is not there yet will be made in the nearest folder that is.
        IEnumerable<string> shared = command.Shared.All.Where(path => path.IsFolder).Select(Layout.SharedEntry).Where(folder => !Directory.Exists(folder));
        string[] folders = [Layout.Root, Layout.Releases, Layout.Private, Layout.Metainfos, .. shared];
        foreach (string folder in folders.Select(NearestExisting).Distinct())
        {
            if (Posix.WhyNotWritable(folder) is { } refusal)
            {
                Find(new VerbException(HostFailure.RootNotWritable, $"{folder} cannot be written: {refusal}"));
            }
        }
    }

    private async Task FindWhatStepsLackAsync(CancellationToken cancellationToken)
    {
        try
        {
            new SharedLinks(_releases, command.Shared).RequireShared();
            using StepRunner steps = new(new ActivateCommand(command.Root, command.Release) { Steps = command.Steps }, Layout, login, ActivationOptions.Default, time);
            await steps.ForeseeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (VerbException e)
        {
            Find(e);
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

    /// <summary>0 when no port is free.</summary>
    private int Listen()
    {
        try
        {
            _listener = new PeerListener(IPAddress.IPv6Any, command.Port, PortsTried);
            return _listener.Port;
        }
        catch (SocketException e)
        {
            Find(new VerbException(HostFailure.PortsTaken, string.Create(CultureInfo.InvariantCulture, $"none of the ports {command.Port} to {command.Port + PortsTried - 1} can be listened on: {e.Message}")));
            return 0;
        }
    }

    /// <summary>A deploy would fail of this; null of nothing.</summary>
    private void Find(VerbException? failure)
    {
        if (failure is not null)
        {
            _findings.Add(new SurveyFinding(failure.Failure, failure.Message));
        }
    }
}
