namespace Murder.Deploy;

/// <summary>Did you mean …?</summary>
internal static class Suggestion
{
    private const int LengthMax = 64; // the distance costs the product of both lengths

    /// <summary>The closest of the known words, when no more than a third of it has to be changed; the first of equals.</summary>
    public static string? For(string word, IEnumerable<string> known)
    {
        if (word.Length > LengthMax)
        {
            return null;
        }

        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in known)
        {
            int allowed = Math.Max(1, Math.Max(word.Length, candidate.Length) / 3);
            if (candidate.Length > LengthMax || Math.Abs(candidate.Length - word.Length) > allowed)
            {
                continue;
            }

            int distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance <= allowed && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    // Levenshtein's edit distance, row by row.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
