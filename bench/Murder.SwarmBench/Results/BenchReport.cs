using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Murder.SwarmBench;

/// <summary>All rows, as a table for people and as JSON. The JSON is rewritten after every row: a bench that is stopped keeps what it has.</summary>
internal sealed class BenchReport(BenchOptions options, Payload payload)
{
    /// <summary>Above this part of all cores a row tells of the machine, not of the system.</summary>
    private const double CpuBound = 0.9;

    private static readonly JsonSerializerOptions s_format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private readonly List<Row> _rows = [];

    public IReadOnlyList<Row> Rows => _rows;

    public void Add(Row row)
    {
        _rows.Add(row);
        if (options.JsonPath is { } path)
        {
            File.WriteAllText(path, JsonSerializer.Serialize(ToJson(), s_format) + "\n");
        }
    }

    public string ToTable()
    {
        List<string[]> lines =
        [
            ["system", "N", "rate", "last / (F/C)", "min-max", "growth", "link x F", "payload x F", "host cpu-s/GB", "seeder cpu-s/GB", "host MiB", "seeder MiB", "deployer MiB", "CPU", "not lab", "cpu wait", "deploy s", "command s"],
            .. _rows.Select(Line),
        ];
        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length))];
        StringBuilder table = new();
        foreach (string[] line in lines)
        {
            table.AppendLine("| " + string.Join(" | ", line.Zip(widths, (cell, width) => cell.PadRight(width))) + " |");
            if (line == lines[0])
            {
                table.AppendLine("|" + string.Join("|", widths.Select(width => new string('-', width + 2))) + "|");
            }
        }

        table.AppendLine($"F = {payload.TotalBytes} bytes; medians; ~ computed from fewer hosts; ! the machine's cores were busy: CPU-bound.");
        foreach (Row row in _rows.Where(row => row.Median(run => run.DeploySeconds) is not null))
        {
            table.AppendLine(DescribeDeploy(row));
        }

        foreach (Row row in _rows.Where(row => row.Error is not null))
        {
            table.AppendLine($"{row.System} N={row.Hosts} {row.Rate}: {row.Error}");
        }

        return table.ToString();
    }

    private string[] Line(Row row) =>
    [
        row.System,
        row.Hosts.ToString(CultureInfo.InvariantCulture),
        row.Rate,
        (row.Runs.Any(run => run.IsScaled) ? "~" : "") + Cell(row.Median(run => run.Ratio), "0.000") + (row.Error is null ? "" : " FAILED"),
        row.Runs.Count < 2 ? "1 run" : $"{row.Runs.Min(run => run.Ratio):0.000}-{row.Runs.Max(run => run.Ratio):0.000}",
        Cell(Growth(row), "0.00"),
        Cell(row.Median(run => run.LinkCopies), "0.00"),
        Cell(row.Median(run => run.PayloadCopies), "0.000"),
        Cell(row.Median(run => run.HostCpuPerGB), "0.00"),
        Cell(row.Median(run => run.SeederCpuPerGB), "0.00"),
        Cell(row.Median(run => run.HostPeakBytes / 1048576.0), "0"),
        Cell(row.Median(run => run.SeederPeakBytes / 1048576.0), "0"),
        Cell(row.Median(run => run.DeployerPeakBytes / 1048576.0), "0"),
        Cell(row.Median(run => run.MachineCpu), "0%") + (row.Median(run => run.MachineCpu) > CpuBound ? " !" : ""),
        Cell(row.Median(run => run.OtherCpu), "0%"),
        Cell(row.Median(run => run.CpuWait), "0%"),
        Cell(row.Median(run => run.DeploySeconds), "0.00"),
        Cell(row.Median(run => run.CommandSeconds), "0.00"),
    ];

    /// <summary>What somebody waits for, against what we ask of ourselves: 1.15 x F/C + 2 s with the agents cached.</summary>
    private static string DescribeDeploy(Row row)
    {
        double bound = (1.15 * row.Runs[0].BoundSeconds) + 2;
        double deploy = row.Median(run => run.DeploySeconds)!.Value;
        return $"{row.System} N={row.Hosts} {row.Rate}: whole MurderDeploy {deploy:0.00} s (agents ready after {row.Median(run => run.ReadySeconds):0.00} s; " +
            $"the command with MSBuild and publish {row.Median(run => run.CommandSeconds):0.00} s); 1.15 x F/C + 2 s = {bound:0.00} s: {(deploy <= bound ? "met" : "missed")}";
    }

    /// <summary>The ratio against the one of the same system and rate with the fewest hosts.</summary>
    private double? Growth(Row row)
    {
        Row fewest = _rows.Where(other => other.System == row.System && other.Rate == row.Rate).MinBy(other => other.Hosts)!;
        return row.Median(run => run.Ratio) / fewest.Median(run => run.Ratio);
    }

    private object ToJson() => new
    {
        Schema = 1,
        StartedAt = _startedAt,
        Cores = Environment.ProcessorCount,
        Kernel = Environment.OSVersion.Version.ToString(),
        options.LatencyMilliseconds,
        options.HasPriority,
        Payload = new { Files = payload.Files.Count, Bytes = payload.TotalBytes, options.IsQuarter },
        Rows = _rows.Select(row => new { row.System, row.Hosts, row.Rate, Ratio = row.Median(run => run.Ratio), Growth = Growth(row), row.Error, row.Runs }),
    };

    private static string Cell(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
