namespace Murder.Swarm;

/// <summary>
/// Reads the piece layers (BEP 52) and proves each against the pieces root that the info dictionary, and so the info-hash, vouches for.
/// </summary>
internal static class PieceLayersReader
{
    /// <summary>Null, or one sentence of refusal.</summary>
    /// <param name="layers">a dictionary of canonical bencoding</param>
    /// <param name="pieceHashes">by file: none for an empty file or symlink, the pieces root for a file of one piece</param>
    public static string? Read(ReadOnlySpan<byte> layers, int pieceLength, IReadOnlyList<FileEntry> files, out Hash256[][] pieceHashes)
    {
        pieceHashes = new Hash256[files.Count][];
        if (ReadLayers(layers, pieceLength, out Dictionary<Hash256, Hash256[]> layerOf) is { } refusal)
        {
            return refusal;
        }

        long pieces = 0;
        HashSet<Hash256> used = [];
        for (int file = 0; file < files.Count; file++)
        {
            long count = (files[file].Length + pieceLength - 1) / pieceLength;
            pieces += count;
            if (pieces > MetainfoLimits.PiecesMax)
            {
                return $"The release has more than {MetainfoLimits.PiecesMax} pieces.";
            }

            pieceHashes[file] = count switch { 0 => [], 1 => [files[file].PiecesRoot], _ => layerOf.GetValueOrDefault(files[file].PiecesRoot, []) };
            if (pieceHashes[file].Length != count)
            {
                return $"The piece layer of '{ReleasePath.Printable(files[file].Path)}' is missing or of the wrong size.";
            }

            if (count > 1)
            {
                used.Add(files[file].PiecesRoot);
            }
        }

        return pieces == 0 ? "The release has no file with content."
            : used.Count != layerOf.Count ? "There are piece layers that belong to no file."
            : null;
    }

    private static string? ReadLayers(ReadOnlySpan<byte> layers, int pieceLength, out Dictionary<Hash256, Hash256[]> layerOf)
    {
        layerOf = [];
        _ = BencodeReader.TryCreate(layers, out BencodeReader reader, out _);
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

            Hash256[] hashes = new Hash256[layer.Length / Hash256.Size];
            for (int at = 0; at < hashes.Length; at++)
            {
                hashes[at] = new Hash256(layer.Slice(at * Hash256.Size, Hash256.Size));
            }

            Hash256 named = new(root);
            if (MerkleTree.FileRoot(hashes, pieceLength / PieceLayout.BlockLength) != named)
            {
                return $"The piece layer of the root {named} does not lead to this root.";
            }

            layerOf.Add(named, hashes);
        }

        return null;
    }
}
