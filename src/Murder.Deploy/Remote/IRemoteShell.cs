namespace Murder.Deploy;

/// <summary>
/// A process at the other end, whatever carries it: SSH, a child process, <c>kubectl exec</c>. Disposing ends it: end of stdin first, then by
/// force within a bounded time.
/// </summary>
public interface IRemoteShell : IAsyncDisposable
{
    /// <summary>Its stdin. One writer at a time.</summary>
    Stream Input { get; }

    /// <summary>Its stdout; ends when the process has ended or the connection is lost.</summary>
    Stream Output { get; }

    /// <summary>The last few kilobytes of its stderr so far.</summary>
    string ErrorText { get; }

    /// <summary>Its exit code; null when the connection was lost or it died of a signal. Never faults.</summary>
    Task<int?> Exited { get; }
}
