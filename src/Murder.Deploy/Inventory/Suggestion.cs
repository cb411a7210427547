namespace Murder.Deploy;

/// <summary>Did you mean …?</summary>
public static class Suggestion
{
    private const int LengthMax = 64; // the distance costs the product of both lengths

    /// <summary>A host of which the word is the first label; else the closest of the known words, when no more than a third of it has to be changed; the first of equals.</summary>
    public static string? For(string word, IEnumerable<string> known)
    {
        if (word.Length > LengthMax)
        {
            return null;
        }

        known = [.. known];
        if (known.FirstOrDefault(each => each.StartsWith(word + '.', StringComparison.OrdinalIgnoreCase)) is { } whole)
        {
            return whole;
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

    // Edits: a letter more, less, or another, and two neighbours exchanged (optimal string alignment), row by row.
    private static int Distance(string left, string right)
    {
        int[] twoAbove = new int[right.Length + 1];
        int[] above = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int[] row = new int[right.Length + 1];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], twoAbove[j - 2] + 1);
                }
            }

            (twoAbove, above) = (above, row);
        }

        return above[^1];
    }
}
