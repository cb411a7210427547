using Murder.PeerHost.Contract;
using Murder.Swarm.IO;

namespace Murder.PeerHost;

/// <summary>A verb cannot be carried out, for a reason that lies in the world. Nothing that was live has changed, unless that was said before; the agent goes on.</summary>
/// <param name="message">one sentence that names the thing</param>
internal sealed class VerbException(HostFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public HostFailure Failure { get; } = failure;

    /// <summary>What the deployer is told of a verb that failed. What is not expected is a bug, of which stderr tells more.</summary>
    public static AgentFailed Describe(Exception e, Action<string> warn)
    {
        if ((e as VerbException ?? FromStorage(e)) is { } expected)
        {
            return new AgentFailed(expected.Failure, expected.Message);
        }

        warn($"a bug in Murder.Build: {e}");
        Exception cause = e.GetBaseException();
        return new AgentFailed(HostFailure.Bug, $"{cause.GetType().FullName}: {cause.Message}");
    }

    /// <summary>What the system or the store said against an access to the release tree; null for what is not a failure of storage.</summary>
    public static VerbException? FromStorage(Exception e) => e switch
    {
        StorageException s => new VerbException(FailureOf(s.Failure), s.Message, s),
        UnauthorizedAccessException => new VerbException(HostFailure.RootNotWritable, e.Message, e),
        IOException io => new VerbException(FailureOf(io.HResult), e.Message, e),
        _ => null,
    };

    private static HostFailure FailureOf(StorageFailure failure) => failure switch
    {
        StorageFailure.DiskFull => HostFailure.DiskFull,
        StorageFailure.PermissionDenied => HostFailure.RootNotWritable,
        _ => HostFailure.StorageFailed,
    };

    /// <summary>On Unix, .NET puts errno into HResult where it has no exception type of its own for it.</summary>
    private static HostFailure FailureOf(int hresult) => hresult switch
    {
        Posix.NoSpace or Posix.QuotaExceeded => HostFailure.DiskFull,
        Posix.ReadOnlyFileSystem => HostFailure.RootNotWritable,
        _ => HostFailure.StorageFailed,
    };
}
