using System.Numerics;

namespace Murder.Swarm.Tests;

/// <summary>Answers to hash requests, checked as the asker does: from the base hashes and the uncles up to the file's root.</summary>
public class HashAnswerTests
{
    private const int Block = PieceLayout.BlockLength;

    private readonly TestMetainfo _metainfo = new(4 * Block, 3 * Block, 23 * Block, 16 * Block, 700);

    [Fact]
    public void Every_well_formed_request_is_answered_up_to_the_root()
    {
        int answered = 0;
        for (int file = 0; file < 3; file++)
        {
            int height = int.Log2((int)BitOperations.RoundUpToPowerOf2((uint)_metainfo.Layout.BlockCountOfFile(file)));
            foreach (int layer in new[] { 0, 2 }.Where(layer => layer < height))
            {
                for (int length = 2; length <= 1 << (height - layer); length *= 2)
                {
                    for (int index = 0; index < 1 << (height - layer); index += length)
                    {
                        HashRequest request = new(_metainfo.Metainfo.Files[file].PiecesRoot, layer, index, length, height - layer - 1);
                        Assert.Equal(request.PiecesRoot, RootFrom(request, Answer(request)!));
                        answered++;
                    }
                }
            }
        }

        Assert.True(answered > 50);
    }

    [Fact]
    public void What_cannot_be_served_is_rejected()
    {
        Hash256 root = _metainfo.Metainfo.Files[1].PiecesRoot;
        Assert.Null(Answer(new HashRequest(Hash256.Of("?"u8), 0, 0, 4, 0)));
        Assert.Null(Answer(new HashRequest(root, 0, 2, 4, 0)));
        Assert.Null(Answer(new HashRequest(root, 0, 0, 3, 0)));
        Assert.Null(Answer(new HashRequest(root, 0, 0, 1, 0)));
        Assert.Null(Answer(new HashRequest(root, 0, 0, 1024, 0)));
        Assert.Null(Answer(new HashRequest(root, 1, 0, 2, 0)));
        Assert.Null(Answer(new HashRequest(root, 5, 0, 2, 0)));
        Assert.Null(Answer(new HashRequest(root, 0, 64, 2, 0)));
        Assert.Null(Answer(new HashRequest(root, 0, 0, 4, 5)));
        Assert.Null(Answer(new HashRequest(root, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue)));
        Assert.Null(Answer(new HashRequest(_metainfo.Metainfo.Files[3].PiecesRoot, 0, 0, 2, 0)));
    }

    [Fact]
    public void Leaves_of_pieces_that_are_not_stored_are_rejected()
    {
        HashRequest request = new(_metainfo.Metainfo.Files[1].PiecesRoot, 0, 4, 4, 0);
        Bitfield stored = Bitfield.Full(_metainfo.Layout.PieceCount);
        stored.Remove(_metainfo.Layout.FirstPieceOf(1) + 1);

        Assert.False(new HashAnswer(_metainfo.Metainfo).TryAnswer(request, stored, out _, out _));
    }

    private Hash256[]? Answer(in HashRequest request)
    {
        HashAnswer answer = new(_metainfo.Metainfo);
        if (!answer.TryAnswer(request, Bitfield.Full(_metainfo.Layout.PieceCount), out Hash256[]? hashes, out HashRequest load))
        {
            return null;
        }

        Hash256 root = request.PiecesRoot;
        int file = Enumerable.Range(0, 4).First(candidate => _metainfo.Metainfo.Files[candidate].PiecesRoot == root);
        Assert.True(load.Index + load.Length <= _metainfo.Layout.BlockCountOfFile(file));
        return hashes ?? answer.FromLeaves(request, load, [.. Enumerable.Range(load.Index, load.Length).Select(block => _metainfo.LeafOf(file, block))]);
    }

    private static Hash256 RootFrom(in HashRequest request, Hash256[] hashes)
    {
        Hash256 node = MerkleTree.Root(hashes.AsSpan(0, request.Length), MerkleTree.HeightOver(request.Length), request.BaseLayer);
        int index = request.Index / request.Length;
        foreach (Hash256 uncle in hashes[request.Length..])
        {
            node = (index & 1) == 0 ? Hash256.Combine(node, uncle) : Hash256.Combine(uncle, node);
            index /= 2;
        }

        return node;
    }
}
