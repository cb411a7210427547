using System.Text;

namespace Murder.Build.Tasks;

/// <summary>Rows of cells as lines whose columns stand below each other.</summary>
internal static class TextTable
{
    /// <summary>Each line begins with a line feed and two blanks.</summary>
    /// <param name="rows">all of the same length</param>
    public static string Format(IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        StringBuilder text = new();
        foreach (string[] row in rows)
        {
            text.Append("\n  ").Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }

        return text.ToString();
    }
}
