using System.Globalization;

namespace Murder.SwarmBench;

/// <summary>What to measure.</summary>
internal sealed record BenchOptions
{
    public static readonly IReadOnlyList<string> AllSystems = ["murder", "libtorrent", "aria2", "rsync", "scp"];

    public IReadOnlyList<int> Hosts { get; init; } = [4];

    /// <summary>As tc writes them: 100mbit.</summary>
    public IReadOnlyList<string> Rates { get; init; } = ["100mbit"];

    public bool IsQuarter { get; init; }

    public IReadOnlyList<string> Systems { get; init; } = ["murder"];

    public int Runs { get; init; } = 1;

    public string? JsonPath { get; init; }

    /// <summary>MurderSwarmSecurity, a row for each; null for the product's own default.</summary>
    public IReadOnlyList<string?> Securities { get; init; } = [null];

    /// <summary>What packet filters leave open (<c>bench/lab filter</c>), a row for each.</summary>
    public IReadOnlyList<string> Filters { get; init; } = ["none"];

    /// <summary>MurderRateLimit, as it is written; null for none.</summary>
    public string? Limit { get; init; }

    /// <summary>The same in bytes a second.</summary>
    public double? LimitBytesPerSecond => Limit is null ? null : BytesPerSecond(Limit);

    /// <summary>Added to each packet that a host or the deployer sends.</summary>
    public int LatencyMilliseconds { get; init; }

    /// <summary>Hosts that the copies one after another are made to; the rest is computed. All when null.</summary>
    public int? ScpHosts { get; init; }

    /// <summary>The checkout whose package is measured.</summary>
    public required string Source { get; init; }

    /// <summary>Measure the package that an earlier run made.</summary>
    public bool KeepsPackage { get; init; }

    /// <summary>Check the links of every lab first.</summary>
    public bool ChecksLinks { get; init; }

    /// <summary>The lab's processes have the cores before others'; bench/swarm has seen to it.</summary>
    public bool HasPriority { get; init; }

    /// <summary>The checkout this bench belongs to.</summary>
    public required string Repository { get; init; }

    public string WorkFolder => Path.Combine(Repository, "artifacts", "bench");

    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        string repository = FindRepository();
        BenchOptions options = new() { Repository = repository, Source = repository };
        for (int at = 0; at < arguments.Count; at++)
        {
            string option = arguments[at];
            options = option switch
            {
                "--hosts" => options with { Hosts = [.. List(Value()).Select(Number)] },
                "--rate" => options with { Rates = [.. List(Value()).Select(Rate)] },
                "--payload" => options with { IsQuarter = OneOf(Value(), "full", "quarter") == "quarter" },
                "--systems" => options with { Systems = ParseSystems(Value()) },
                "--runs" => options with { Runs = Number(Value()) },
                "--json" => options with { JsonPath = Path.GetFullPath(Value()) },
                "--security" => options with { Securities = [.. List(Value()).Select(name => OneOf(name, "none", "tls"))] },
                "--filter" => options with { Filters = [.. List(Value()).Select(name => OneOf(name, "none", "deployer", "hosts"))] },
                "--limit" => WithLimit(options, Value()),
                "--latency" => options with { LatencyMilliseconds = Number(Value()) },
                "--scp-hosts" => options with { ScpHosts = Number(Value()) },
                "--source" => options with { Source = Path.GetFullPath(Value()) },
                "--no-pack" => options with { KeepsPackage = true },
                "--priority" => options with { HasPriority = true },
                "--check" => options with { ChecksLinks = true },
                _ => throw new BenchException($"unknown option {option}; bench/README.md lists them"),
            };

            string Value() => ++at < arguments.Count ? arguments[at] : throw new BenchException($"{option} needs a value");
        }

        return options;
    }

    /// <summary>As <c>bench/lab</c> takes it: told now, and not after minutes of packing.</summary>
    private static string Rate(string text)
    {
        string number = text.EndsWith("kbit", StringComparison.Ordinal) || text.EndsWith("mbit", StringComparison.Ordinal) || text.EndsWith("gbit", StringComparison.Ordinal) ? text[..^4] : "";
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value > 0
            ? text
            : throw new BenchException($"'{text}' is no rate of a link: write 100mbit, 12.5mbit or 1gbit");
    }

    private static BenchOptions WithLimit(BenchOptions options, string value)
    {
        BytesPerSecond(value);
        return options with { Limit = value };
    }

    private static double BytesPerSecond(string text)
    {
        bool isBits = text.EndsWith("bit", StringComparison.OrdinalIgnoreCase);
        string number = isBits ? text[..^3] : text;
        double unit = number is [.., var last] ? char.ToUpperInvariant(last) switch { 'K' => 1e3, 'M' => 1e6, 'G' => 1e9, _ => 1 } : 1;
        return double.TryParse(unit > 1 ? number[..^1] : number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value * unit / (isBits ? 8 : 1)
            : throw new BenchException($"'{text}' is no rate: 10M bytes a second, or 80Mbit");
    }

    private static string[] List(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw new BenchException($"'{value}' is not a number above 0");

    private static string OneOf(string value, params string[] choices) =>
        choices.Contains(value) ? value : throw new BenchException($"'{value}' is none of {string.Join(", ", choices)}");

    private static IReadOnlyList<string> ParseSystems(string value) =>
        value == "all" ? AllSystems : [.. List(value).Select(name => OneOf(name, [.. AllSystems]))];

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Murder.Build.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new BenchException("no Murder.Build.sln above the bench");
    }
}
