using System.Globalization;

namespace Murder.Deploy;

/// <summary>A length of time as people write it: <c>30</c> (seconds), <c>90s</c>, <c>2m</c>, <c>1h</c>, <c>00:01:30</c>.</summary>
internal static class Duration
{
    /// <summary>More than anybody waits, and not too much for a TimeSpan in any unit.</summary>
    private const int NumberMax = 1_000_000;

    public static bool TryParse(string text, out TimeSpan duration)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParseExact(text, ["h\\:mm\\:ss", "hh\\:mm\\:ss", "m\\:ss", "mm\\:ss"], CultureInfo.InvariantCulture, out duration);
        }

        duration = default;
        int unit = text.Length > 0 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 } : 0;
        if (!int.TryParse(unit > 0 ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > NumberMax)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds((long)number * Math.Max(1, unit));
        return true;
    }
}
