using System.Globalization;

namespace Murder.Deploy;

/// <summary>The hosts that <c>local</c> and <c>local:N</c> stand for: child processes of the deploy, each with its own root.</summary>
internal static class LocalHosts
{
    public const string Word = "local";

    public const int CountDefault = 8;

    public const int CountMax = 999;

    public static bool IsMeantBy(string word) => word == Word || word.StartsWith(Word + ":", StringComparison.Ordinal);

    /// <summary>How many a word stands for; null when it is no number from 1 to <see cref="CountMax"/>.</summary>
    public static int? TryCount(string word) =>
        word == Word ? CountDefault
        : int.TryParse(word.AsSpan(Word.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is > 0 and <= CountMax ? count
        : null;

    /// <summary>local01 …, with roots host01 … below the folder; three digits from 100 hosts on.</summary>
    public static IEnumerable<TargetHost> Create(int count, string directory)
    {
        string format = count < 100 ? "00" : "000";
        for (int number = 1; number <= count; number++)
        {
            string digits = number.ToString(format, CultureInfo.InvariantCulture);
            yield return new TargetHost(Word + digits)
            {
                Address = "127.0.0.1",
                Root = Path.Combine(directory, "host" + digits),
                IsLocal = true,
            };
        }
    }
}
