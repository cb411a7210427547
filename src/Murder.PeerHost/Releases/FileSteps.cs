namespace Murder.PeerHost;

/// <summary>
/// The one door for every change of a release tree, so that a test can end the agent between any two of them: whatever state that leaves, the
/// same command again must come to the same end. Members throw what the system says.
/// </summary>
/// <param name="before">told of each step before it is taken</param>
internal sealed class FileSteps(Action<string> before)
{
    /// <summary>Nobody listens.</summary>
    public static FileSteps Unobserved { get; } = new(_ => { });

    /// <summary>A change that is made elsewhere, below a folder that is not trusted before it has been checked.</summary>
    public void Mark(string step) => before(step);

    public void MakeFolder(string path)
    {
        before($"make {path}");
        Directory.CreateDirectory(path);
    }

    /// <inheritdoc cref="Posix.Rename"/>
    public void Rename(string from, string to)
    {
        before($"rename {from} to {to}");
        Posix.Rename(from, to);
    }

    /// <inheritdoc cref="Posix.SyncDirectory"/>
    public void SyncFolder(string path)
    {
        before($"sync {path}");
        Posix.SyncDirectory(path);
    }

    /// <summary>A new file, or another content for an old one; on disk when this returns.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        before($"create {path}");
        using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        before($"write {path}");
        file.Write(content);
        before($"flush {path}");
        file.Flush(flushToDisk: true);
    }

    /// <summary>One write at the end of a file that others may read meanwhile; on disk when this returns.</summary>
    public void Append(string path, ReadOnlySpan<byte> content)
    {
        before($"open {path}");
        using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        before($"append to {path}");
        file.Write(content);
        before($"flush {path}");
        file.Flush(flushToDisk: true);
    }

    public void Link(string path, string target)
    {
        before($"link {path} to {target}");
        File.CreateSymbolicLink(path, target);
    }

    public void DeleteFile(string path)
    {
        before($"delete {path}");
        File.Delete(path);
    }

    public void DeleteFolder(string path, bool recursive)
    {
        before($"delete {path}");
        Directory.Delete(path, recursive);
    }
}
