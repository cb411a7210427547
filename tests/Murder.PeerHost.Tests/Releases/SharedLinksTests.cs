using Murder.PeerHost.Contract;
using Murder.Testing;

namespace Murder.PeerHost.Tests;

/// <summary>Links into <c>shared</c>, in real trees.</summary>
public sealed class SharedLinksTests : IDisposable
{
    private readonly HostFixture _host = new();
    private readonly ReleaseId _release;

    public SharedLinksTests() => _release = _host.Stage("1.0.0");

    private string Folder => _host.Layout.Release(_release);

    public void Dispose() => _host.Dispose();

    [Fact]
    public void WhatAServiceReadsAndWritesInItsReleaseLiesInShared()
    {
        Share("appsettings.Local.json", "local");
        Share("config/secrets/key.pem", "key");
        SharedLinks links = Links("appsettings.Local.json", "config/secrets/key.pem", "logs/", "var/data/");
        Assert.False(links.AreMade(_release));

        links.Make(_release);

        Assert.Equal("local", File.ReadAllText(Path.Combine(Folder, "appsettings.Local.json")));
        Assert.Equal("key", File.ReadAllText(Path.Combine(Folder, "config/secrets/key.pem")));
        File.WriteAllText(Path.Combine(Folder, "logs/today.txt"), "log");
        File.WriteAllText(Path.Combine(Folder, "var/data/db"), "data");
        Assert.Equal("log", File.ReadAllText(Path.Combine(_host.Layout.Shared, "logs/today.txt")));
        Assert.Equal("data", File.ReadAllText(Path.Combine(_host.Layout.Shared, "var/data/db")));
        Assert.True(links.AreMade(_release));
    }

    [Fact]
    public void MadeAgainTheyAreAsTheyWereAndTheRootMayMove()
    {
        Share("a.json", "a");
        Links("a.json", "logs/").Make(_release);
        IReadOnlyList<string> before = TreeSnapshot.Of(_host.Root);

        Links("a.json", "logs/").Make(_release);

        Assert.Equal(before, TreeSnapshot.Of(_host.Root));
        string moved = _host.Root + "-moved";
        Directory.Move(_host.Root, moved);
        Assert.Equal("a", File.ReadAllText(Path.Combine(moved, "releases", _release.Value, "a.json")));
    }

    [Fact]
    public void WhatWasCutShortIsFinished()
    {
        Share("b.json", "b");
        Links("logs/").Make(_release);
        Directory.Delete(Path.Combine(_host.Layout.Shared, "logs"));
        Assert.False(Links("logs/").AreMade(_release));

        Links("logs/", "b.json").Make(_release);

        Assert.True(Directory.Exists(Path.Combine(Folder, "logs/")));
        Assert.Equal("b", File.ReadAllText(Path.Combine(Folder, "b.json")));
    }

    [Fact]
    public void AFileThatIsNotSharedYetStopsAllOfIt()
    {
        Share("a.json", "a");
        File.CreateSymbolicLink(Path.Combine(_host.Layout.Shared, "nowhere.json"), "gone");
        IReadOnlyList<string> before = TreeSnapshot.Of(_host.Root);

        VerbException missing = Assert.Throws<VerbException>(() => Links("a.json", "b.json", "logs/", "nowhere.json").Make(_release));

        Assert.Equal(HostFailure.SharedMissing, missing.Failure);
        Assert.Equal($"{_host.Layout.Shared} lacks b.json, nowhere.json", missing.Message);
        Assert.Equal(before, TreeSnapshot.Of(_host.Root));
        Assert.False(Directory.Exists(Path.Combine(_host.Layout.Shared, "logs")));
    }

    [Fact]
    public void AFileInPlaceOfAFolderIsTold()
    {
        Share("logs", "");

        VerbException refused = Assert.Throws<VerbException>(() => Links("logs/").Make(_release));

        Assert.Equal((HostFailure.SharedMissing, $"{_host.Layout.Shared}/logs is not a folder"), (refused.Failure, refused.Message));
    }

    /// <summary>A release does not change: what it brought in that place is neither removed nor hidden.</summary>
    [Theory]
    [InlineData("release.txt", "release.txt")]
    [InlineData("release.txt/logs", "release.txt")]
    [InlineData("alias/key.pem", "alias")]
    [InlineData("dangling", "dangling")]
    [InlineData("lib", "lib")]
    public void WhatTheReleaseHasItselfIsLeftAlone(string shared, string inTheWay)
    {
        Share(shared, "shared");
        Share("a.json", "a");
        Directory.CreateDirectory(Path.Combine(Folder, "lib"));
        File.CreateSymbolicLink(Path.Combine(Folder, "alias"), "lib");
        File.CreateSymbolicLink(Path.Combine(Folder, "dangling"), "../../shared/elsewhere");
        IReadOnlyList<string> before = TreeSnapshot.Of(_host.Root);

        VerbException refused = Assert.Throws<VerbException>(() => Links("a.json", shared).Make(_release));

        Assert.Equal((HostFailure.SharedTaken, $"{Folder}/{inTheWay} is in the release itself"), (refused.Failure, refused.Message));
        Assert.Equal(before, TreeSnapshot.Of(_host.Root));
        Assert.False(Links(shared).AreMade(_release));
    }

    [Fact]
    public void WhereSharedIsItselfALinkItIsFollowed()
    {
        using TestDirectory elsewhere = new();
        elsewhere.Write("data/db", "data"u8);
        Directory.CreateSymbolicLink(_host.Layout.Shared, elsewhere.Path);

        Links("data/").Make(_release);

        Assert.Equal("data", File.ReadAllText(Path.Combine(Folder, "data/db")));
    }

    private SharedLinks Links(params string[] texts)
    {
        List<string> refusals = [];
        SharedLinks links = new(ReleaseStore.At(_host.Root, _ => { }, TimeProvider.System, FileSteps.Unobserved), SharedPaths.Parse(texts, refusals));
        Assert.Empty(refusals);
        return links;
    }

    private void Share(string path, string text)
    {
        string full = Path.Combine(_host.Layout.Shared, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
