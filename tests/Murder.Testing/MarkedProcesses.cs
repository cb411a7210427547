namespace Murder.Testing;

/// <summary>Processes that have a variable in their environment, which everything that they start inherits: how a test finds what it has left, whoever started it.</summary>
public static class MarkedProcesses
{
    /// <summary>Ids of those of this machine that this user may look at.</summary>
    public static IReadOnlyList<int> With(string name, string value) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(id => id!.All(char.IsAsciiDigit)).Select(id => int.Parse(id!, System.Globalization.CultureInfo.InvariantCulture))
            .Where(id => EnvironmentOf(id).Split('\0').Contains($"{name}={value}")),
    ];

    private static string EnvironmentOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has just ended, or is none of ours
        }
    }
}
