namespace Murder.Swarm.IO;

/// <summary>A run of whole pieces of one file, hashed by one core.</summary>
internal readonly record struct HashSegment(FileInHashing File, int FirstPiece, int PieceCount)
{
    /// <summary>Bytes that make taking up work worth its while; a longer piece is a segment of its own.</summary>
    private const int LengthWanted = 4 * 1024 * 1024;

    /// <summary>Files hashed in one go: opening costs more than hashing when they are tiny.</summary>
    private const int FilesMax = 256;

    /// <summary>Everything to be read, in portions of about equal work, in the order of the files.</summary>
    public static IEnumerable<IReadOnlyList<HashSegment>> Cut(IEnumerable<FileInHashing> files, int pieceLength)
    {
        int piecesMax = Math.Max(1, LengthWanted / pieceLength);
        List<HashSegment> portion = [];
        long portionLength = 0;
        foreach (FileInHashing file in files)
        {
            if (file.IsSymlink)
            {
                continue;
            }

            // An empty file is one segment without pieces: it must be looked at too.
            for (int first = 0; first == 0 || first < file.PieceCount; first += piecesMax)
            {
                HashSegment segment = new(file, first, Math.Min(piecesMax, file.PieceCount - first));
                portion.Add(segment);
                portionLength += Math.Min(file.Length, (long)segment.PieceCount * pieceLength);
                if (portionLength >= LengthWanted || portion.Count == FilesMax)
                {
                    yield return portion;
                    (portion, portionLength) = ([], 0);
                }
            }
        }

        if (portion.Count > 0)
        {
            yield return portion;
        }
    }
}
