using System.Globalization;

namespace Murder.Benchmarks;

/// <summary>What the kernel says of the processor time and the threads of this process.</summary>
internal static class ProcessUse
{
    private const double TicksPerSecond = 100; // USER_HZ, the same everywhere

    /// <param name="withChildren">also that of children that have ended</param>
    public static double OwnSeconds(bool withChildren)
    {
        string[] fields = Fields();
        return fields[11..(withChildren ? 15 : 13)].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    public static int OwnThreads() => int.Parse(Fields()[17], CultureInfo.InvariantCulture);

    /// <summary>From the state on: the name before it may hold anything.</summary>
    private static string[] Fields()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }
}
