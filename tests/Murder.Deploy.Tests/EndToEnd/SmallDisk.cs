using Murder.Testing;

namespace Murder.Deploy.Tests;

/// <summary>A file system of its own, as small as a test wants it.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    /// <param name="options">of tmpfs: <c>size=1m</c>, <c>nr_inodes=20</c></param>
    public SmallDisk(string path, string options)
    {
        _path = Directory.CreateDirectory(path).FullName;
        Command.Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", _path);
    }

    public void Dispose() => Command.Run("umount", "--lazy", _path);
}
