using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Murder.PeerHost;

/// <summary>Who holds a lock, as the lock file says.</summary>
internal sealed record LockHolder(string DeployedBy, int ProcessId, DateTimeOffset Since)
{
    /// <summary>See <see cref="Contract.ILockingCommand"/>.</summary>
    public DateTimeOffset DeployStartedAt { get; init; }

    /// <summary>What is deployed; null when nothing is.</summary>
    public string? Release { get; init; }

    public override string ToString() =>
        $"{(DeployedBy.Length > 0 ? DeployedBy : "somebody")} ({(Release is null ? "" : $"release {Release}, ")}agent process {ProcessId}, since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)";
}

/// <summary>
/// The lock of one root: an advisory lock of the system on a file, so that it goes away with the process that holds it, however that ends.
/// What the file says is only for people, and means nothing while nobody holds the lock.
/// </summary>
internal sealed class ReleaseLock : IDisposable
{
    private const int HolderBytesMax = 4096;

    private readonly FileStream _file;

    private ReleaseLock(FileStream file, LockHolder holder)
    {
        _file = file;
        Holder = holder;
    }

    public LockHolder Holder { get; }

    /// <summary>Null when somebody else holds the lock.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static ReleaseLock? TryTake(string path, LockHolder holder)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (Posix.IsWouldBlock(e))
        {
            return null;
        }

        // Whoever held it may have removed it just before, with the whole root, and another have made it anew: then this is a lock on a file that
        // nobody else can find.
        if (!OpenFiles.IsAt(file.SafeFileHandle, path))
        {
            file.Dispose();
            return null;
        }

        try
        {
            file.SetLength(0);
            file.Write(JsonSerializer.SerializeToUtf8Bytes(holder, HostJson.Default.LockHolder));
        }
        catch (IOException)
        {
            // Expected on a full disk, which is to be pruned all the same. The lock is taken; only nobody can tell by whom.
        }

        return new ReleaseLock(file, holder);
    }

    /// <summary>Null when the lock is free. Does not disturb who holds it; who takes it at this very moment tries again.</summary>
    public static string? HeldBy(string path)
    {
        try
        {
            using FileStream probe = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return null;
        }
        catch (IOException e) when (Posix.IsWouldBlock(e))
        {
            return ReadHolder(path)?.ToString() ?? "somebody";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // there is no such file, or it is not ours to look at
        }
    }

    public static LockHolder? ReadHolder(string path)
    {
        try
        {
            using SafeFileHandle file = Posix.OpenUnlocked(path);
            byte[] bytes = new byte[HolderBytesMax];
            int length = RandomAccess.Read(file, bytes, 0);
            return JsonSerializer.Deserialize(bytes.AsSpan(0, length), HostJson.Default.LockHolder);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // just taken and not yet written, or just released
        }
    }

    public void Dispose()
    {
        try
        {
            _file.SetLength(0);
        }
        catch (IOException)
        {
            // Expected on a broken disk; the lock is released all the same.
        }

        _file.Dispose();
    }
}
