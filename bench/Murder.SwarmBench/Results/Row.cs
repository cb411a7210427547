namespace Murder.SwarmBench;

/// <summary>One system on one lab: its runs, and their median.</summary>
/// <param name="Error">why it has fewer runs than were asked for</param>
internal sealed record Row(string System, int Hosts, string Rate, IReadOnlyList<RunResult> Runs, string? Error)
{
    public double? Median(Func<RunResult, double?> figure)
    {
        double[] values = [.. Runs.Select(figure).OfType<double>().Order()];
        return values.Length == 0 ? null : (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
