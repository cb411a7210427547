using System.Text;
using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>A root on this machine, with releases that are put there by hand.</summary>
internal sealed class HostFixture : IDisposable
{
    private readonly TestDirectory _directory = new();

    public HostFixture(string root = "app")
    {
        Root = _directory.Combine(root);
        Layout = new ReleaseLayout(Root);
    }

    /// <summary>The same tree at another place.</summary>
    public static HostFixture CopyOf(HostFixture host)
    {
        HostFixture copy = new();
        if (Directory.Exists(host.Root))
        {
            Command.Run("cp", "-a", host.Root, copy.Root);
        }

        return copy;
    }

    public string Root { get; }

    public ReleaseLayout Layout { get; }

    public static ReleaseId Release(string version, string contentId = "5f2a9c1d") => ReleaseId.Parse($"{version}-20261123T031500Z-{contentId}");

    /// <summary>A whole release with one file that says which it is.</summary>
    public ReleaseId Stage(ReleaseId id)
    {
        Directory.CreateDirectory(Layout.Release(id));
        File.WriteAllText(Path.Combine(Layout.Release(id), "release.txt"), id.Value);
        return id;
    }

    public ReleaseId Stage(string version) => Stage(Release(version));

    /// <summary>What an app would find that follows <c>current</c>.</summary>
    public string ActiveText() => File.ReadAllText(Path.Combine(Layout.Current, "release.txt"), Encoding.UTF8);

    public void Dispose() => _directory.Dispose();
}
