using CsCheck;

namespace Murder.Swarm.Tests;

public class PieceLayoutTests
{
    private const int KiB = 1024;

    [Fact]
    public void Each_file_begins_a_piece_and_may_end_in_a_short_one()
    {
        PieceLayout layout = new(64 * KiB, [1, 0, 64 * KiB, (128 * KiB) + 1]);

        Assert.Equal(5, layout.PieceCount);
        Assert.Equal((192 * KiB) + 2, layout.TotalLength);
        Assert.Equal([0, 2, 3, 3, 3], Enumerable.Range(0, 5).Select(layout.FileOf));
        Assert.Equal([1, 64 * KiB, 64 * KiB, 64 * KiB, 1], Enumerable.Range(0, 5).Select(layout.SizeOf));
        Assert.Equal([0, 0, 0, 64 * KiB, 128 * KiB], Enumerable.Range(0, 5).Select(layout.FileOffset));
        Assert.Equal([1, 4, 4, 4, 1], Enumerable.Range(0, 5).Select(layout.BlockCount));
        Assert.Equal([1, 0, 1, 3], Enumerable.Range(0, 4).Select(layout.PieceCountOf));
        Assert.Equal(9, layout.BlockCountOfFile(3));
    }

    [Theory]
    [InlineData(0, 0, 16 * KiB, true)]
    [InlineData(0, 16 * KiB, 1, true)]
    [InlineData(0, 16 * KiB, 16 * KiB, false)] // longer than the file
    [InlineData(0, 0, 1, false)] // part of a block
    [InlineData(0, 1, 16 * KiB, false)] // not at a block's start
    [InlineData(0, 32 * KiB, 1, false)]
    [InlineData(0, -16 * KiB, 16 * KiB, false)]
    [InlineData(1, 0, 16 * KiB, false)]
    [InlineData(-1, 0, 16 * KiB, false)]
    [InlineData(0, 0, int.MaxValue, false)]
    public void Only_whole_blocks_are_blocks(int piece, int offset, int length, bool isBlock) =>
        Assert.Equal(isBlock, new PieceLayout(64 * KiB, [(16 * KiB) + 1]).IsBlock(new BlockRef(piece, offset, length)));

    [Fact]
    public void Blocks_cover_every_byte_of_every_file_once() =>
        Gen.Select(Gen.Int[14, 18], Gen.Long[0, 1_000_000].Array[1, 8]).Sample((exponent, lengths) =>
        {
            PieceLayout layout = new(1 << exponent, lengths);
            long[] covered = new long[lengths.Length];
            for (int piece = 0; piece < layout.PieceCount; piece++)
            {
                int file = layout.FileOf(piece);
                for (int at = 0; at < layout.BlockCount(piece); at++)
                {
                    BlockRef block = layout.Block(piece, at);
                    Assert.True(layout.IsBlock(block));
                    Assert.Equal(at, block.Index);
                    Assert.Equal(covered[file], layout.FileOffset(piece) + block.Offset);
                    covered[file] += block.Length;
                }
            }

            Assert.Equal(lengths, covered);
        });

    [Theory]
    [InlineData(0, false)]
    [InlineData(8 * KiB, false)]
    [InlineData(16 * KiB, true)]
    [InlineData(17 * KiB, false)]
    [InlineData(1L << 30, true)]
    [InlineData(1L << 31, false)]
    [InlineData(-(16 * KiB), false)]
    public void A_piece_length_is_a_power_of_two_of_at_least_a_block(long length, bool isPieceLength) =>
        Assert.Equal(isPieceLength, PieceLayout.IsPieceLength(length));

    [Theory]
    [InlineData(0, 16 * KiB, 16 * KiB, true)] // the file's last byte, asked for with the zeros after it
    [InlineData(0, 16 * KiB, 1, false)] // that is the block itself
    [InlineData(0, 32 * KiB, 16 * KiB, false)] // nothing but zeros
    [InlineData(1, 0, 16 * KiB, false)]
    public void The_last_block_of_a_file_may_be_asked_for_with_its_padding(int piece, int offset, int length, bool isPadded) =>
        Assert.Equal(isPadded, new PieceLayout(64 * KiB, [(16 * KiB) + 1]).IsPaddedBlock(new BlockRef(piece, offset, length)));
}
