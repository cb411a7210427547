using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>Holds the lock of a root for a release that lies there already, until it is disposed of.</summary>
internal sealed class LockVerb(LockCommand command, Action<string> warn, TimeProvider time, FileSteps steps) : IDisposable
{
    private readonly ReleaseStore _releases = ReleaseStore.At(command.Root, warn, time, steps);

    private ReleaseLock? _held;

    /// <summary>The lock of this root, when it is the one that is held.</summary>
    /// <exception cref="VerbException">there can be no such root</exception>
    public ReleaseLock? LockOf(string root) => ReleaseStore.At(root, warn, time, steps).Layout.Root == _releases.Layout.Root ? _held : null;

    /// <exception cref="VerbException">somebody else holds the lock, or the release could not be activated</exception>
    public async Task<AgentLocked> TakeAsync(CancellationToken cancellationToken)
    {
        RequireReady(); // before the lock, which would make folders below a root that is not there
        _held = await _releases.TakeLockAsync(command, cancellationToken).ConfigureAwait(false);
        RequireReady();
        return new AgentLocked();
    }

    public void Dispose() => _held?.Dispose();

    private void RequireReady()
    {
        _releases.RequireStaged(command.Release);
        new SharedLinks(_releases, command.Shared).RequireShared();
    }
}
