using Murder.PeerHost.Contract;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>
/// Brings one release to this host and keeps it in the swarm: <see cref="StageAsync"/> ends when the release is staged or cannot be, and
/// <see cref="DisposeAsync"/> leaves the swarm and decides what stays on disk. Holds the lock of the root in between.
/// </summary>
/// <param name="byChannel">the tracker of a fetch that announces over the control channel; null when there is none</param>
internal sealed class FetchVerb(FetchCommand command, IEventSink events, IAnnouncer? byChannel, FetchOptions options, Action<string> warn, TimeProvider time, FileSteps steps) : IAsyncDisposable
{
    private readonly long _startedAt = time.GetTimestamp();

    private ReleaseStore? _releases;
    private PieceStore? _pieces;
    private MemberTls? _security;
    private SwarmMember? _member;
    private ProgressReport? _report;
    private ReleaseLock? _lock;
    private long _resumedBytes;
    private bool _ownsPartial; // there is a partial folder, and it is not known to be worthless
    private bool _isResumed; // the partial folder was there before
    private bool _isCopied; // this fetch filled it from another release
    private bool _isVerified; // what it held has been checked
    private bool _discards;

    /// <summary>The lock of this root, when this fetch holds it.</summary>
    /// <exception cref="VerbException">there can be no such root</exception>
    public ReleaseLock? LockOf(string root) => ReleaseStore.At(root, warn, time, steps).Layout.Root == _releases?.Layout.Root ? _lock : null;

    /// <summary>Says progress, and <see cref="AgentStaged"/> at the end.</summary>
    /// <exception cref="VerbException"/>
    /// <exception cref="StorageException"/>
    /// <exception cref="OperationCanceledException"/>
    public async Task StageAsync(CancellationToken cancellationToken)
    {
        _releases = ReleaseStore.At(command.Root, warn, time, steps);
        IReadOnlyList<Uri> trackers = ParseTrackers();
        Metainfo metainfo = Membership.ParseMetainfo(command);
        _security = Membership.OpenCredential(command, time);
        new SharedLinks(_releases, command.Shared).RequireShared();
        _lock = await _releases.TakeLockAsync(command, cancellationToken).ConfigureAwait(false);
        _releases.Prepare();
        if (command.IsToBeActivated)
        {
            _releases.RequireOwnCurrent(metainfo.Name);
        }

        if (_releases.IsStaged(command.Release))
        {
            Bitfield whole = await VerifyStagedAsync(metainfo, cancellationToken).ConfigureAwait(false);
            Join(metainfo, whole, trackers);
        }
        else
        {
            Bitfield verified = await OpenPartialAsync(metainfo, cancellationToken).ConfigureAwait(false);
            RequireSpace(metainfo, verified);
            Join(metainfo, verified, trackers);
            await WaitUntilCompleteAsync(cancellationToken).ConfigureAwait(false);
            await PromoteAsync(metainfo, cancellationToken).ConfigureAwait(false);
            _report!.Send();
        }

        SwarmStats stats = _member!.Stats;
        events.Send(new AgentStaged(command.Release, time.GetElapsedTime(_startedAt).TotalSeconds, _resumedBytes, stats.DownloadedBytes, stats.UploadedBytes, stats.WastedBytes)
        {
            DownloadedBytesAcrossZones = stats.DownloadedBytesAcrossZones,
        });
    }

    /// <summary>The deploy was cancelled: what this fetch made and did not finish goes away when it leaves.</summary>
    public void DiscardUnfinished() => _discards = true;

    /// <summary>The deploy is done: removes old releases, as far as it can.</summary>
    /// <returns>why not all of them are gone; null when they are</returns>
    public string? Prune(int keep)
    {
        try
        {
            if (_lock is not null)
            {
                PruneVerb.Prune(_releases!, keep, command.DeployedBy);
            }

            return null;
        }
        catch (Exception e) when (e is VerbException or IOException or UnauthorizedAccessException)
        {
            return e.Message; // the deploy has come to its good end, and the next one tries again
        }
    }

    /// <summary>
    /// Leaves the swarm and releases the lock. Of a release that is not staged, what is verified stays for the next deploy of the same
    /// content, unless <see cref="DiscardUnfinished"/> was called and this fetch made it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await LeaveSwarmAsync().ConfigureAwait(false);
        _security?.Dispose();
        _pieces?.Dispose();
        if (_lock is null)
        {
            return;
        }

        try
        {
            CleanUp();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"{_releases!.Layout.Partial(command.Release)} could not be removed: {e.Message}"); // why the fetch failed counts more
        }
        finally
        {
            _lock.Dispose();
        }
    }

    /// <summary>IP addresses only: a static agent cannot resolve names. A member with a certificate does not announce in the open.</summary>
    private List<Uri> ParseTrackers()
    {
        string scheme = command.Credential is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        return [.. command.AnnounceUrls.Select(text =>
            Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme == scheme && url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
                ? url
                : throw new VerbException(HostFailure.ProtocolMismatch, $"a tracker URL is not {scheme} with an IP address"))];
    }

    /// <summary>A re-run: the release is there already. It is trusted no more than what a peer sends.</summary>
    private async Task<Bitfield> VerifyStagedAsync(Metainfo metainfo, CancellationToken cancellationToken)
    {
        _pieces = PieceStore.OpenForSeeding(_releases!.Layout.Release(command.Release), metainfo);
        Bitfield verified = await CheckAsync(cancellationToken).ConfigureAwait(false);
        if (StagedFolder.WhyNot(_releases, command.Release, metainfo, verified) is { } reason)
        {
            throw reason;
        }

        _resumedBytes = metainfo.Layout.TotalLength;
        return verified;
    }

    private Task<Bitfield> CheckAsync(CancellationToken cancellationToken) => _pieces!.VerifyAsync(cancellationToken, ReportOn(AgentWork.Checking).Step);

    private WorkReport ReportOn(AgentWork work) => new(work, events, options, time);

    private async Task<Bitfield> OpenPartialAsync(Metainfo metainfo, CancellationToken cancellationToken)
    {
        _isResumed = _releases!.TryResume(command.Release);
        _ownsPartial = true;
        if (!_isResumed && Reuse.Find(_releases, command.Release, metainfo) is { Kind: ReuseKind.Copy } same)
        {
            _isCopied = true;
            _releases.CopyToPartial(same.Source, command.Release, metainfo.Files, ReportOn(AgentWork.Copying).Step, cancellationToken);
        }

        steps.Mark("open the partial folder");
        _pieces = PieceStore.OpenForFetching(_releases.Layout.Partial(command.Release), metainfo);
        Bitfield verified = _isResumed || _isCopied
            ? await CheckAsync(cancellationToken).ConfigureAwait(false)
            : new Bitfield(metainfo.Layout.PieceCount);
        _isVerified = true;
        for (int piece = 0; piece < verified.Length; piece++)
        {
            _resumedBytes += verified[piece] ? metainfo.Layout.SizeOf(piece) : 0;
        }

        return verified;
    }

    /// <summary>Before anything is asked of others. What was copied has had its room.</summary>
    private void RequireSpace(Metainfo metainfo, Bitfield verified)
    {
        if (!_isCopied && _releases!.FreeSpace().WhyNotRoomFor(DiskSpace.NeededBy(metainfo, verified), _releases.Layout.Releases, command.Release) is { } reason)
        {
            throw reason;
        }
    }

    private void Join(Metainfo metainfo, Bitfield verified, IReadOnlyList<Uri> trackers)
    {
        IAnnouncer? byUrl = trackers.Count > 0 ? new TrackerClient(trackers, _security) : null;
        IAnnouncer? tracker = !command.AnnouncesByChannel ? byUrl : byUrl is null || byChannel is null ? byChannel : new EitherAnnouncer(byUrl, byChannel);
        _member = new SwarmMember(metainfo, _pieces!, verified, tracker, _security, command, time);
        _report = new ProgressReport(_member, metainfo.Layout.TotalLength, _resumedBytes, events, options.AtRate(command.BytesPerSecondMax, metainfo.Layout.PieceLength), time);
    }

    private async Task WaitUntilCompleteAsync(CancellationToken cancellationToken)
    {
        Task completed = _member!.Completed;
        Task first = await Task.WhenAny(completed, _report!.Stalled).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (first == _report.Stalled && !completed.IsCompleted)
        {
            string tracker = _member.TrackerFailure is { } failure ? $", and the tracker cannot be asked: {failure}" : "";
            throw new VerbException(
                HostFailure.SwarmStalled,
                $"no byte of {command.Release} arrived for {_report.StallAfter.TotalSeconds:0} s, with {_member.Stats.PeersConnected} peers connected{tracker}");
        }

        await completed.ConfigureAwait(false);
    }

    private async Task PromoteAsync(Metainfo metainfo, CancellationToken cancellationToken)
    {
        WorkReport syncing = ReportOn(AgentWork.Syncing);
        await _pieces!.FinishAsync(
            cancellationToken,
            () =>
            {
                steps.Mark("finish a file");
                syncing.Step();
            }).ConfigureAwait(false);
        _pieces.Relocate(_releases!.Layout.Release(command.Release), () => _releases.Promote(command.Release, metainfo));
        _ownsPartial = false;
        _releases.Audit(AuditEntry.Stage, command.Release, previous: null, command.DeployedBy, AuditEntry.Ok);
    }

    private async Task LeaveSwarmAsync()
    {
        if (_member is null)
        {
            return;
        }

        await _member.DisposeAsync().ConfigureAwait(false);
        if (_report is not null)
        {
            await _report.DisposeAsync().ConfigureAwait(false);
            _report.Send(); // what was sent in all
        }
    }

    private void CleanUp()
    {
        bool isUseful = _isVerified ? Math.Max(_resumedBytes, _member?.Stats.VerifiedBytes ?? 0) > 0 : _isResumed;
        if (_ownsPartial && (!isUseful || (_discards && !_isResumed)))
        {
            _releases!.DiscardPartial(command.Release);
        }

        if (_discards)
        {
            _releases!.RemoveUnusedFolders();
        }
    }
}
