using CsCheck;

namespace Murder.Swarm.Tests;

public class MerkleTests
{
    private const int Block = PieceLayout.BlockLength;

    [Fact]
    public void A_single_leaf_is_its_own_root() => Assert.Equal(Leaf(1), MerkleTree.PieceRoot([Leaf(1)], 4, isOnlyPieceOfFile: true));

    [Fact]
    public void Missing_leaves_are_zero()
    {
        Hash256 pair = Hash256.Combine(Leaf(1), Leaf(2));
        Hash256 zeros = Hash256.Combine(default, default);

        Assert.Equal(pair, MerkleTree.PieceRoot([Leaf(1), Leaf(2)], 8, isOnlyPieceOfFile: true));
        Assert.Equal(
            Hash256.Combine(Hash256.Combine(pair, zeros), MerkleTree.PadNode(2)),
            MerkleTree.PieceRoot([Leaf(1), Leaf(2)], 8, isOnlyPieceOfFile: false));
        Assert.Equal(
            Hash256.Combine(pair, Hash256.Combine(Leaf(3), default)),
            MerkleTree.PieceRoot([Leaf(1), Leaf(2), Leaf(3)], 8, isOnlyPieceOfFile: true));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(int.MaxValue, 31)]
    public void Height_is_the_logarithm_rounded_up(int nodes, int height) => Assert.Equal(height, MerkleTree.HeightOver(nodes));

    [Fact]
    public void The_root_of_a_file_does_not_depend_on_the_piece_length() =>
        Gen.Int[1, 70].Sample(blocks =>
        {
            Hash256[] leaves = Leaves(blocks);
            foreach (int blocksPerPiece in new[] { 1, 2, 8, 16 })
            {
                Assert.Equal(MerkleTree.PieceRoot(leaves, blocks, true), MerkleTree.FileRoot(PieceHashes(leaves, blocksPerPiece), blocksPerPiece));
            }
        });

    [Fact]
    public void No_leaves_or_too_many_are_a_bug()
    {
        Assert.ThrowsAny<ArgumentException>(() => MerkleTree.PieceRoot([], 4, true));
        Assert.ThrowsAny<ArgumentException>(() => MerkleTree.PieceRoot(Leaves(5), 4, false));
    }

    [Fact]
    public void Every_answer_is_verified_and_every_changed_one_refused() =>
        Gen.Select(Gen.Int[2, 70], Gen.Int[0, 4], Gen.Int[1, 6], Gen.Int[0, 200], Gen.Int[0, 7], Gen.Bool).Sample((blocks, pieceLayer, height, index, proofLayers, ofPieces) =>
        {
            Hash256[] leaves = Leaves(blocks);
            Metainfo metainfo = Describe(leaves, 1 << pieceLayer);
            MerkleRange range = new(ofPieces ? pieceLayer : 0, index >> height << height, 1 << height, proofLayers);
            if (!MerkleProof.CanAnswer(metainfo, 0, range))
            {
                Assert.False(MerkleProof.Verify(metainfo, 0, range, Leaves(range.Length + range.UncleCount)));
                return;
            }

            (int first, int count) = MerkleProof.LeavesFor(metainfo, 0, range);
            Hash256[] hashes = MerkleProof.Answer(metainfo, 0, range, leaves.AsSpan(first, count));

            // Below the piece layer there is nothing to hold an answer against.
            int reached = range.BaseLayer + range.Height + range.UncleCount;
            bool isProof = reached >= Math.Min(pieceLayer, metainfo.TreeHeightOf(0));
            Assert.Equal(range.Length + range.UncleCount, hashes.Length);
            Assert.Equal(isProof, MerkleProof.Verify(metainfo, 0, range, hashes));
            for (int at = 0; at < hashes.Length; at++)
            {
                Hash256[] changed = [.. hashes];
                changed[at] = Leaf(999);
                Assert.False(MerkleProof.Verify(metainfo, 0, range, changed));
            }

            Assert.False(MerkleProof.Verify(metainfo, 0, range, hashes.AsSpan(1)));
        });

    [Fact]
    public void An_answer_has_the_nodes_and_then_the_uncles_from_the_bottom_up()
    {
        Hash256[] leaves = Leaves(8);
        Metainfo metainfo = Describe(leaves, 2);

        Hash256[] hashes = MerkleProof.Answer(metainfo, 0, new MerkleRange(0, 2, 2, 2), leaves.AsSpan(2, 2));

        Assert.Equal(
            [leaves[2], leaves[3], Hash256.Combine(leaves[0], leaves[1]), MerkleTree.PieceRoot(leaves.AsSpan(4), 4, false)],
            hashes);
    }

    [Theory]
    [InlineData(0, 0, 1, 0)] // fewer than two
    [InlineData(0, 0, 3, 0)] // no power of two
    [InlineData(0, 0, 1024, 0)] // more than 512
    [InlineData(0, 1, 2, 0)] // not a multiple
    [InlineData(0, -2, 2, 0)]
    [InlineData(0, 8, 8, 0)] // beyond the tree
    [InlineData(0, int.MaxValue - 1, 2, 0)]
    [InlineData(0, 0, 2, 3)] // the root has no uncle
    [InlineData(0, 0, 2, -1)]
    [InlineData(1, 0, 2, 0)] // between blocks and pieces
    [InlineData(-1, 0, 2, 0)]
    [InlineData(40, 0, 2, 0)]
    [InlineData(2, 0, 2, int.MaxValue)]
    public void Requests_that_no_tree_can_answer_are_told_apart(int baseLayer, int index, int length, int proofLayers)
    {
        Metainfo metainfo = Describe(Leaves(7), 4);

        Assert.False(MerkleProof.CanAnswer(metainfo, 0, new MerkleRange(baseLayer, index, length, proofLayers)));
        Assert.False(MerkleProof.Verify(metainfo, 0, new MerkleRange(baseLayer, index, length, proofLayers), Leaves(2)));
        Assert.False(MerkleProof.CanAnswer(metainfo, 1, new MerkleRange(0, 0, 2, 0)));
        Assert.False(MerkleProof.CanAnswer(metainfo, -1, new MerkleRange(0, 0, 2, 0)));
    }

    private static Metainfo Describe(Hash256[] leaves, int blocksPerPiece) =>
        MetainfoBuilder.Build("app", blocksPerPiece * Block, [new HashedFile("file", leaves.Length * (long)Block, false, null, PieceHashes(leaves, blocksPerPiece))]);

    private static Hash256[] PieceHashes(Hash256[] leaves, int blocksPerPiece) =>
        [.. leaves.Chunk(blocksPerPiece).Select(piece => MerkleTree.PieceRoot(piece, blocksPerPiece, leaves.Length <= blocksPerPiece))];

    private static Hash256[] Leaves(int count) => [.. Enumerable.Range(1, count).Select(Leaf)];

    private static Hash256 Leaf(int number) => Hash256.Of(BitConverter.GetBytes(number));
}
