namespace Murder.Swarm.Tests;

/// <summary>What a hunt asks, answered by the code that serves such requests.</summary>
public class LiarHuntTests
{
    private static readonly Instant Later = new(1);

    [Theory]
    [InlineData(4, 4, 1)]
    [InlineData(4, 6, 1)] // a file's last piece, cut short
    [InlineData(8, 5, 1)] // a file's only piece
    [InlineData(1024, 2048, 2)] // more leaves than one request may ask for
    [InlineData(2048, 2048 + 700, 4)]
    [InlineData(2048, 700, 2)]
    public void The_leaves_of_a_piece_are_proved_in_as_few_answers_as_may_be(int blocksPerPiece, int blocks, int answersOfFirstPiece)
    {
        TestMetainfo metainfo = new(blocksPerPiece * TestMetainfo.Block, (long)blocks * TestMetainfo.Block);
        HashAnswer answers = new(metainfo.Metainfo);
        for (int piece = 0; piece < metainfo.Layout.PieceCount; piece++)
        {
            LiarHunt hunt = new(metainfo.Metainfo, piece);
            int count = 0;
            for (; !hunt.IsSolved; count++)
            {
                Hash256[] hashes = Answer(metainfo, answers, hunt.Request);
                Assert.False(hunt.TryProve([.. hashes[..^1], Hash256.Of("a lie"u8)], metainfo.Layout.BlockCount(piece), Later));
                Assert.False(hunt.TryProve([.. hashes, default], metainfo.Layout.BlockCount(piece), Later));
                Assert.False(hunt.TryProve(hashes.AsSpan(1), metainfo.Layout.BlockCount(piece), Later));
                Assert.True(hunt.TryProve(hashes, metainfo.Layout.BlockCount(piece), Later));
            }

            Assert.True(piece > 0 || count == answersOfFirstPiece, $"{count} answers");
            Assert.All(Enumerable.Range(0, metainfo.Layout.BlockCount(piece)), block => Assert.Equal(metainfo.LeafOf(metainfo.Layout.Block(piece, block)), hunt.Leaves[block]));
        }
    }

    private static Hash256[] Answer(TestMetainfo metainfo, HashAnswer answers, HashRequest request)
    {
        Assert.True(answers.TryAnswer(request, Bitfield.Full(metainfo.Layout.PieceCount), out Hash256[]? hashes, out HashRequest load));
        return hashes ?? answers.FromLeaves(request, load, [.. Enumerable.Range(load.Index, load.Length).Select(block => metainfo.LeafOf(0, block))])!;
    }
}
