using System.Diagnostics;

namespace Murder.Benchmarks;

/// <summary>What the benches of this program have in common.</summary>
internal static class Measure
{
    public static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Runs a program to its end and returns the seconds it took.</summary>
    public static double Time(string program, params string[] arguments)
    {
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(began).TotalSeconds : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }

    public static void RequireEqual(string source, string copy) => Time("diff", "-r", source, copy);
}
