using Murder.PeerHost.Contract;
using Murder.Swarm;

namespace Murder.PeerHost;

/// <summary>
/// The release tree below one root, as <see cref="ReleaseLayout"/> draws it, and the only code that touches it. Whoever changes anything
/// holds its lock (<see cref="TakeLockAsync"/>). A folder in <c>releases/</c> whose name is not a release id belongs to somebody else and is
/// neither listed nor touched. Members throw what the system says (IOException, UnauthorizedAccessException).
/// </summary>
internal sealed class ReleaseStore
{
    /// <summary>Of a link that is to become <c>current</c>; the id of the process that makes it follows.</summary>
    private const string LinkPrefix = ".current.";

    private readonly ReleaseLayout _layout;
    private readonly AuditLog _audit;
    private readonly Action<string> _warn;
    private readonly TimeProvider _time;
    private readonly List<string> _foldersMade = []; // outer before inner

    private ReleaseStore(ReleaseLayout layout, Action<string> warn, TimeProvider time, FileSteps steps)
    {
        _layout = layout;
        Steps = steps;
        _audit = new AuditLog(layout.AuditLog, steps);
        _warn = warn;
        _time = time;
    }

    public ReleaseLayout Layout => _layout;

    public FileSteps Steps { get; }

    /// <param name="warn">told what went wrong beside what was done, which stands all the same</param>
    /// <exception cref="VerbException">the path is relative, or the root of the file system</exception>
    public static ReleaseStore At(string root, Action<string> warn, TimeProvider time, FileSteps steps)
    {
        string path = Path.IsPathFullyQualified(root) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) : "";
        return path.Length > 0 && path != Path.GetPathRoot(path)
            ? new ReleaseStore(new ReleaseLayout(path), warn, time, steps)
            : throw new VerbException(HostFailure.RootNotWritable, $"'{root}' cannot be the root of an application: it must be an absolute path below '/'");
    }

    /// <summary>
    /// Makes the folders that are missing, under the lock: whoever held it before may have removed what he had made. What stands in those that
    /// are there is on disk afterwards, though an agent died that had renamed something and not yet synced it: from here on it is counted on.
    /// </summary>
    public void Prepare()
    {
        MakeFolder(_layout.Releases);
        MakeFolder(_layout.Metainfos);
        Steps.SyncFolder(_layout.Releases);
        Steps.SyncFolder(_layout.Private);
        SyncCurrent();
    }

    /// <summary>Makes the folder that the lock lies in when it is missing.</summary>
    /// <exception cref="VerbException">somebody else holds the lock, and goes on holding it</exception>
    public async Task<ReleaseLock> TakeLockAsync(ILockingCommand command, CancellationToken cancellationToken)
    {
        MakeFolder(_layout.Root);
        MakeFolder(_layout.Private);
        LockTaker taker = new(_layout, command, _time);
        ReleaseLock taken = await taker.TakeAsync(cancellationToken).ConfigureAwait(false);
        if (taker.Broken is { } broken)
        {
            Audit(AuditEntry.BreakLock, release: null, previous: null, command.DeployedBy, $"ended the agent of {broken}");
        }

        return taken;
    }

    /// <summary>Who holds the lock now; null when it is free.</summary>
    public string? LockedBy() => ReleaseLock.HeldBy(_layout.Lock);

    public bool IsStaged(ReleaseId id) => Directory.Exists(_layout.Release(id));

    /// <exception cref="VerbException">it is not, or only half</exception>
    public void RequireStaged(ReleaseId id)
    {
        if (!IsStaged(id))
        {
            throw new VerbException(HostFailure.ReleaseMissing, $"{_layout.Release(id)} does not exist");
        }
    }

    /// <summary>Whole releases, oldest first.</summary>
    public IReadOnlyList<ReleaseId> Staged() =>
        [.. Folders("").Select(Parse).OfType<ReleaseId>().OrderBy(TimeOf).ThenBy(id => id.Value, StringComparer.Ordinal)];

    /// <summary>Releases that are half there.</summary>
    public IReadOnlyList<ReleaseId> Partials() =>
        [.. Folders(ReleaseLayout.PartialSuffix).Select(Parse).OfType<ReleaseId>().OrderBy(id => id.Value, StringComparer.Ordinal)];

    /// <summary>
    /// Makes what an earlier fetch of the same content left, under whatever release id, the partial folder of this one. False when there is
    /// nothing of the kind. What it holds is not to be trusted.
    /// </summary>
    public bool TryResume(ReleaseId id)
    {
        ReleaseId? found = FindPartial(id);
        if (found is { } older && older != id)
        {
            Steps.Rename(_layout.Partial(older), _layout.Partial(id));
        }

        return found is not null;
    }

    /// <summary>The release, or another of the same content, that is half there; null when there is none.</summary>
    public ReleaseId? FindPartial(ReleaseId id) =>
        Directory.Exists(_layout.Partial(id))
            ? id
            : Partials().Where(other => other.ContentId == id.ContentId).Select(other => (ReleaseId?)other).LastOrDefault();

    /// <summary>A whole release of the very same content under another id; null when there is none. What it holds is not to be trusted.</summary>
    public ReleaseId? StagedElsewhere(ReleaseId id, ReadOnlySpan<byte> metainfo)
    {
        foreach (ReleaseId other in Staged().Reverse().Where(other => other != id))
        {
            if (IsKept(other, metainfo) == true)
            {
                return other;
            }
        }

        return null;
    }

    /// <summary>Whether the metainfo that was kept of a release is this one; null when none was.</summary>
    public bool? IsKept(ReleaseId id, ReadOnlySpan<byte> metainfo)
    {
        FileInfo kept = new(_layout.Metainfo(id));
        return kept.Exists ? kept.Length == metainfo.Length && File.ReadAllBytes(kept.FullName).AsSpan().SequenceEqual(metainfo) : null;
    }

    /// <summary>What was kept of a release to check it by; null when nothing was.</summary>
    public byte[]? ReadKeptMetainfo(ReleaseId id) => File.Exists(_layout.Metainfo(id)) ? File.ReadAllBytes(_layout.Metainfo(id)) : null;

    /// <summary>
    /// Copies the files of a whole release into the partial folder of another. Never as hard links: a service that writes into its release
    /// would change the other one. Where the file system can share blocks until they are written to, the copy costs next to nothing.
    /// </summary>
    public void CopyToPartial(ReleaseId from, ReleaseId to, IEnumerable<FileEntry> files, Action fileCopied, CancellationToken cancellationToken)
    {
        foreach (string path in files.Where(file => file.Length > 0 && !file.IsSymlink).Select(file => file.Path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Steps.Mark($"copy {path}");
            FileInfo source = new(Path.Combine(_layout.Release(from), path));
            if (source.Exists && source.LinkTarget is null)
            {
                string target = Path.Combine(_layout.Partial(to), path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                source.CopyTo(target);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite); // somebody may have made the source read-only
                }
            }

            fileCopied();
        }
    }

    /// <summary>Gives a folder that is whole, verified and synced its final name, and keeps the metainfo to check it by.</summary>
    public void Promote(ReleaseId id, Metainfo metainfo)
    {
        KeepMetainfo(id, metainfo);
        Steps.Rename(_layout.Partial(id), _layout.Release(id));
        Steps.SyncFolder(_layout.Releases);
    }

    public void DiscardPartial(ReleaseId id)
    {
        if (Directory.Exists(_layout.Partial(id)))
        {
            Steps.DeleteFolder(_layout.Partial(id), recursive: true);
        }
    }

    /// <summary>Removes the folders that <see cref="Prepare"/> made, as far as nothing has come into them. The last act under the lock.</summary>
    public void RemoveUnusedFolders()
    {
        if (_foldersMade.Contains(_layout.Private) && !File.Exists(_layout.AuditLog))
        {
            Steps.DeleteFile(_layout.Lock);
        }

        foreach (string folder in Enumerable.Reverse(_foldersMade))
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Steps.DeleteFolder(folder, recursive: false);
            }
        }
    }

    /// <summary>The id of the active release; another target as it stands, if somebody made the link by hand; null when there is none.</summary>
    public string? Current()
    {
        string? target = new FileInfo(_layout.Current).LinkTarget;
        if (target is null)
        {
            return null;
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(target));
        string folder = Path.GetDirectoryName(Path.GetFullPath(target, _layout.Root)) ?? "";
        return folder == _layout.Releases ? name : target;
    }

    /// <summary>
    /// Points <c>current</c> at a whole release by one rename, so that whoever follows the link meets the old release or the new one.
    /// </summary>
    /// <exception cref="VerbException"><c>current</c> is something else than a link</exception>
    public void SwapCurrent(ReleaseId id)
    {
        RequireLink();
        RemoveLinksLeft();
        Steps.SyncFolder(_layout.Releases); // where an agent may have died that had staged it
        string next = Path.Combine(_layout.Root, $"{LinkPrefix}{Environment.ProcessId}");
        Steps.Link(next, ReleaseLayout.CurrentTarget(id));
        Steps.Rename(next, _layout.Current);
        SyncCurrent();
    }

    /// <summary>Waits until <c>current</c>, as it stands, is on disk: an agent may have died that had switched it.</summary>
    public void SyncCurrent() => Steps.SyncFolder(_layout.Root);

    /// <summary>Of agents that died before their link became <c>current</c>; whoever has the lock may remove them.</summary>
    public void RemoveLinksLeft()
    {
        foreach (FileSystemInfo left in new DirectoryInfo(_layout.Root).EnumerateFileSystemInfos(LinkPrefix + "*").Where(IsLinkLeft))
        {
            Steps.DeleteFile(left.FullName);
        }
    }

    private static bool IsLinkLeft(FileSystemInfo entry) => entry.LinkTarget is not null && entry.Name[LinkPrefix.Length..].All(char.IsAsciiDigit);

    /// <summary>Nothing is active any more.</summary>
    /// <exception cref="VerbException"><c>current</c> is something else than a link</exception>
    public void RemoveCurrent()
    {
        RequireLink();
        Steps.DeleteFile(_layout.Current);
        SyncCurrent();
    }

    /// <summary>Writes down what was done. It is done, whatever can be written about it: a failure is only a warning.</summary>
    /// <param name="steps">digest of the steps of an activation that came to its good end</param>
    public void Audit(string verb, ReleaseId? release, string? previous, string deployedBy, string result, string? steps = null)
    {
        try
        {
            _audit.Append(new AuditEntry(_time.GetUtcNow(), verb, release?.Value, previous, deployedBy, result) { Steps = steps });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _warn($"the audit log could not be written: {e.Message}");
        }
    }

    /// <summary>The release that was active before the current one and is still there; null when there is none.</summary>
    public string? Previous() => PreviousOf(ReadHistory());

    /// <inheritdoc cref="Previous"/>
    public string? PreviousOf(ActivationHistory history)
    {
        string? current = Current();
        return history.NewestFirst.FirstOrDefault(release => release != current && ReleaseId.TryParse(release, out ReleaseId id) && IsStaged(id));
    }

    public ActivationHistory ReadHistory() => _audit.ReadHistory(Current());

    /// <summary>What this user may still write below the root, or below the nearest parent that exists.</summary>
    public DiskSpace FreeSpace()
    {
        string path = Directory.Exists(_layout.Releases) ? _layout.Releases : _layout.Root;
        while (!Directory.Exists(path))
        {
            path = Path.GetDirectoryName(path)!;
        }

        return Posix.FreeSpace(path);
    }

    /// <summary>Something else than a link stands where <c>current</c> is to be; null when nothing does.</summary>
    public string? WhyCurrentCannotBeSwitched()
    {
        FileInfo current = new(_layout.Current);
        return current.LinkTarget is null && (current.Exists || Directory.Exists(current.FullName))
            ? $"{current.FullName} is not a symlink; move it away to let releases be activated here"
            : null;
    }

    /// <exception cref="VerbException"><c>current</c> is something else than a link, or leads to a release of another application</exception>
    public void RequireOwnCurrent(string application)
    {
        RequireLink();
        if (WhyRootIsAnothers(application) is { } reason)
        {
            throw new VerbException(HostFailure.RootTaken, reason);
        }
    }

    /// <summary>The active release is one of another application, by the description that was kept of it; null when it is not, or nobody can tell.</summary>
    public string? WhyRootIsAnothers(string application)
    {
        return ReleaseId.TryParse(Current(), out ReleaseId active)
            && ReadKeptMetainfo(active) is { } kept
            && MetainfoReader.TryRead(kept, out Metainfo? metainfo, out _)
            && metainfo!.Name != application
                ? $"{_layout.Current} is a release of {metainfo.Name}, and not of {application}"
                : null;
    }

    private void RequireLink()
    {
        if (WhyCurrentCannotBeSwitched() is { } reason)
        {
            throw new VerbException(HostFailure.ActivationFailed, reason);
        }
    }

    private void MakeFolder(string path)
    {
        Stack<string> missing = new();
        for (string? at = path; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
        {
            missing.Push(at);
        }

        foreach (string folder in missing)
        {
            Steps.MakeFolder(folder);
            _foldersMade.Add(folder);
            if (path == _layout.Root)
            {
                Steps.SyncFolder(Path.GetDirectoryName(folder)!); // or a power cut may take the root with all that is on disk below it
            }
        }
    }

    private void KeepMetainfo(ReleaseId id, Metainfo metainfo)
    {
        string path = _layout.Metainfo(id);
        string next = path + ".new";
        Steps.Write(next, metainfo.Bytes.Span);
        Steps.Rename(next, path);
        Steps.SyncFolder(_layout.Metainfos);
    }

    /// <summary>Names in <c>releases/</c> that end in the suffix, without it.</summary>
    private IEnumerable<string> Folders(string suffix)
    {
        if (!Directory.Exists(_layout.Releases))
        {
            return [];
        }

        return new DirectoryInfo(_layout.Releases).EnumerateDirectories()
            .Where(folder => folder.LinkTarget is null && folder.Name.EndsWith(suffix, StringComparison.Ordinal))
            .Select(folder => folder.Name[..^suffix.Length]);
    }

    private static ReleaseId? Parse(string name) => ReleaseId.TryParse(name, out ReleaseId id) ? id : null;

    private DateTimeOffset TimeOf(ReleaseId id) => id.Time ?? Directory.GetLastWriteTimeUtc(_layout.Release(id));
}
