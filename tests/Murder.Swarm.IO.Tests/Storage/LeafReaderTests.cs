using Murder.Testing;

namespace Murder.Swarm.IO.Tests;

public sealed class LeafReaderTests : IDisposable
{
    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_two_equal_files_the_one_that_is_here_is_read()
    {
        const int PieceLength = 2 * PieceLayout.BlockLength;
        TestRelease release = new(_folder.Combine("release"), PieceLength, seed: 1, new TestFile("big", 3 * PieceLength));
        byte[] content = release.ContentOf("big");
        HashedFile hashed = new("a", content.Length, false, null, release.Metainfo.PieceHashesOf(0).ToArray());
        Metainfo twice = MetainfoBuilder.Build("twice", PieceLength, [hashed, hashed with { Path = "b" }]);
        _folder.Write("leech/b", content);
        using PieceStore store = PieceStore.OpenForFetching(_folder.Combine("leech"), twice);
        File.WriteAllBytes(_folder.Combine("leech", "a"), new byte[content.Length]);

        HashRequest load = new(twice.Files[0].PiecesRoot, 0, 2, 4, 0);
        Assert.Equal(store.ReadLeaves(1, 2, 4), await ReadAsync(twice, store, load));
        Assert.Empty(await ReadAsync(twice, store, load with { PiecesRoot = default }));
        Assert.Empty(await ReadAsync(twice, store, load with { Index = -2 }));
        Assert.Empty(await ReadAsync(twice, store, load with { Index = 1000 }));
    }

    private static async Task<Hash256[]> ReadAsync(Metainfo metainfo, PieceStore store, HashRequest request)
    {
        DriverInbox inbox = new();
        LeafReader reader = new(metainfo, store, inbox);
        Assert.True(reader.TryRead(default, request));
        reader.Close();
        await reader.RunAsync(default);
        Assert.True(inbox.TryTake(out DriverInput input));
        Assert.Equal((SwarmInputKind.LeavesLoaded, request), (input.Session.Kind, input.Session.Hash));
        return input.Session.Leaves.ToArray();
    }
}
