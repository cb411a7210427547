namespace Murder.Swarm;

/// <summary>
/// Reads the piece layers (BEP 52) and proves each against the pieces root that the info dictionary, and so the info-hash, vouches for.
/// </summary>
internal static class PieceLayersReader
{
    /// <summary>Null, or one sentence of refusal.</summary>
    /// <param name="layersAt">where the dictionary of the layers begins in the canonical text</param>
    /// <param name="hashesAt">by file: where the hashes of its pieces stand; for a file of one piece that is its pieces root</param>
    public static string? Read(ReadOnlySpan<byte> text, int layersAt, int pieceLength, ReleaseTree tree, out int[] hashesAt)
    {
        hashesAt = new int[tree.Files.Count];
        if (ReadLayers(BencodeReader.Resume(text, layersAt), pieceLength, out Dictionary<Hash256, (int Position, int Count)> layerOf) is { } refusal)
        {
            return refusal;
        }

        long pieces = 0;
        HashSet<Hash256> used = [];
        for (int file = 0; file < hashesAt.Length; file++)
        {
            long count = (tree.Lengths[file] + pieceLength - 1) / pieceLength;
            pieces += count;
            if (pieces > MetainfoLimits.PiecesMax)
            {
                return $"The release has more than {MetainfoLimits.PiecesMax} pieces.";
            }

            if (count == 1)
            {
                hashesAt[file] = tree.Files.PiecesRootAt(file);
            }
            else if (count > 1)
            {
                FileEntry entry = tree.Files[file];
                (hashesAt[file], int there) = layerOf.GetValueOrDefault(entry.PiecesRoot);
                if (there != count)
                {
                    return $"The piece layer of '{ReleasePath.Printable(entry.Path)}' is missing or of the wrong size.";
                }

                used.Add(entry.PiecesRoot);
            }
        }

        return pieces == 0 ? "The release has no file with content."
            : used.Count != layerOf.Count ? "There are piece layers that belong to no file."
            : null;
    }

    private static string? ReadLayers(BencodeReader reader, int pieceLength, out Dictionary<Hash256, (int Position, int Count)> layerOf)
    {
        layerOf = [];
        reader.TryEnterDictionary();
        while (reader.TryReadKey(out ReadOnlySpan<byte> root))
        {
            if (root.Length != Hash256.Size
                || !reader.TryReadString(out ReadOnlySpan<byte> layer)
                || layer.IsEmpty
                || layer.Length % Hash256.Size != 0)
            {
                return "A piece layer does not consist of hashes.";
            }

            Hash256 named = new(root);
            ReadOnlySpan<Hash256> hashes = Hash256.In(layer);
            if (MerkleTree.FileRoot(hashes, pieceLength / PieceLayout.BlockLength) != named)
            {
                return $"The piece layer of the root {named} does not lead to this root.";
            }

            layerOf.Add(named, (reader.Position - layer.Length, hashes.Length));
        }

        return null;
    }
}
