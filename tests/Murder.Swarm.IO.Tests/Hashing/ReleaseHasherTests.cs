using System.Security.Cryptography;
using Murder.Testing;

namespace Murder.Swarm.IO.Tests;

public class ReleaseHasherTests
{
    private const int PieceLength = 64 * 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(PieceLength)]
    [InlineData(PieceLength + 1)]
    [InlineData(9 * 1024 * 1024 + 5)] // more than two segments
    public async Task Piece_hashes_are_those_of_the_plain_definition(int length)
    {
        using HashedFolder folder = new HashedFolder().File("file", length);

        HashedFile hashed = Assert.Single(await folder.HashAsync(PieceLength));

        Assert.Equal(PlainPieceHashes(File.ReadAllBytes(Path.Combine(folder.Path, "file"))), hashed.PieceHashes);
    }

    [Fact]
    public async Task Pieces_longer_than_a_read_and_a_segment_are_hashed_whole()
    {
        using HashedFolder folder = new HashedFolder().File("file", 17 * 1024 * 1024);

        HashedFile large = Assert.Single(await folder.HashAsync(8 * 1024 * 1024));
        HashedFile small = Assert.Single(await folder.HashAsync(16 * 1024));

        Assert.Equal(3, large.PieceHashes.Count);
        Assert.Equal(MerkleTree.FileRoot([.. small.PieceHashes], 1), MerkleTree.FileRoot([.. large.PieceHashes], 512));
    }

    [Fact]
    public async Task The_result_has_the_order_of_the_request_for_many_small_files_links_and_empty_ones()
    {
        using HashedFolder folder = new();
        for (int at = 0; at < 700; at++)
        {
            folder.File($"d{at % 7}/f{at}", at % 5 * 1000);
        }

        folder.Link("link", "d0/f0", "d0/f0");
        IReadOnlyList<HashedFile> hashed = await folder.HashAsync(PieceLength);

        Assert.Equal([.. Enumerable.Range(0, 700).Select(at => $"d{at % 7}/f{at}"), "link"], hashed.Select(file => file.Path));
        Assert.All(hashed, file => Assert.Equal(file.Length == 0 ? 0 : 1, file.PieceHashes.Count));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(0)]
    [InlineData(5_000_000)]
    public async Task A_file_of_another_length_than_was_listed_has_changed(int listedLength)
    {
        using TestDirectory directory = new();
        directory.Write("file", new byte[101]);

        StorageException changed = await Assert.ThrowsAsync<StorageException>(() => HashAsync(directory, listedLength));

        Assert.Contains("changed while it was read", changed.Message);
        Assert.EndsWith("file", changed.Path);
    }

    [Fact]
    public void A_file_written_to_between_two_segments_has_changed()
    {
        using TestDirectory directory = new();
        string path = directory.Write("file", new byte[9 * 1024 * 1024]);
        FileInHashing file = new(directory.Path, new FileToHash("file", 9 * 1024 * 1024, false, null), PieceLength);
        HashSegment[] segments = [.. HashSegment.Cut([file], PieceLength).SelectMany(portion => portion)];

        file.Hash(segments[0], CancellationToken.None);
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(1));
        StorageException changed = Assert.Throws<StorageException>(() => file.Hash(segments[1], CancellationToken.None));

        Assert.Equal(3, segments.Length);
        Assert.Contains("changed while it was read", changed.Message);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_missing()
    {
        using TestDirectory directory = new();

        StorageException missing = await Assert.ThrowsAsync<StorageException>(() => HashAsync(directory, 1));

        Assert.Equal(StorageFailure.Missing, missing.Failure);
    }

    [Fact]
    public async Task Cancellation_ends_it()
    {
        using TestDirectory directory = new();
        directory.Write("file", new byte[101]);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ReleaseHasher.HashAsync(directory.Path, [new FileToHash("file", 101, false, null)], PieceLength, cancelled.Token));
    }

    private static Task<IReadOnlyList<HashedFile>> HashAsync(TestDirectory directory, long length) =>
        ReleaseHasher.HashAsync(directory.Path, [new FileToHash("file", length, false, null)], PieceLength, CancellationToken.None);

    /// <summary>BEP 52 word for word: hash blocks, pad with zero hashes, combine pairs until one is left.</summary>
    private static IEnumerable<Hash256> PlainPieceHashes(byte[] content) => content.Chunk(PieceLength).Select(piece =>
    {
        List<byte[]> nodes = [.. piece.Chunk(16 * 1024).Select(SHA256.HashData)];
        int padded = content.Length > PieceLength ? 4 : (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)nodes.Count);
        nodes.AddRange(Enumerable.Repeat(new byte[32], padded - nodes.Count));
        while (nodes.Count > 1)
        {
            nodes = [.. nodes.Chunk(2).Select(pair => SHA256.HashData([.. pair[0], .. pair[1]]))];
        }

        return new Hash256(nodes[0]);
    });
}
