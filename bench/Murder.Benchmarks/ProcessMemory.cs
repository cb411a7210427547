using System.Globalization;
using System.Text.RegularExpressions;

namespace Murder.Benchmarks;

/// <summary>What the kernel says of a process's memory.</summary>
internal static partial class ProcessMemory
{
    /// <summary>Most resident memory so far; 0 when the process is gone.</summary>
    public static long PeakBytes(int process) => PeakBytes($"/proc/{process}/status");

    /// <summary>The same of this process.</summary>
    public static long OwnPeakBytes() => PeakBytes("/proc/self/status");

    public static int[] ChildrenOf(int process)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{process}/task")
                .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return []; // it has ended
        }
    }

    private static long PeakBytes(string status)
    {
        try
        {
            Match line = PeakLine().Match(File.ReadAllText(status));
            return line.Success ? long.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture) * 1024 : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [GeneratedRegex(@"VmHWM:\s+(\d+)")]
    private static partial Regex PeakLine();
}
