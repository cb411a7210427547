using System.Globalization;
using System.Reflection;
using Murder.Swarm;

namespace Murder.Simulation;

/// <summary>Reads a scenario from the words of a command line.</summary>
internal static class ScenarioArguments
{
    public const string Usage = """
        usage: Murder.Simulation [--hosts N] [--rate 1gbit] [--limit 100mbit] [--size 100MB] [--pieces 400] [--seed N] [--dead 2%] [--slow 2%] [--corrupt 0.1%]
               [--zones N] [--zones-told 0|1] [--partition AT+FOR] [--tracker-away AT+FOR] [--tracker-service MS] [--start-spread MS] [--disk 1GB] [--peers-wanted N] [--seeder-peers N] [--origin 0|1]
               [--time-max SECONDS] [--invariants-every N] [--timeline MS] [--threads N] [--set OPTION=VALUE]... [--json]
        AT and FOR are seconds. OPTION is a number or a time of SwarmOptions or TrackerOptions; times are written in milliseconds.
        Shares are of hosts: dead ones refuse, crash or lose their power, slow ones have a tenth of the rate, corrupt ones lie. Pieces have a length that
        is a power of two, so there may be fewer than were asked for.
        """;

    /// <exception cref="FormatException">with a message for who wrote the words</exception>
    public static Scenario Read(IReadOnlyList<string> words)
    {
        Scenario scenario = new();
        for (int at = 0; at < words.Count; at += 2)
        {
            string value = at + 1 < words.Count ? words[at + 1] : throw new FormatException($"{words[at]} needs a value");
            scenario = words[at] switch
            {
                "--hosts" => scenario with { Hosts = (int)Number(value) },
                "--rate" => scenario with { RateBytesPerSecond = Rate(value) },
                "--limit" => scenario with { Limit = Rate(value) },
                "--size" => scenario with { SizeBytes = Bytes(value) },
                "--pieces" => scenario with { Pieces = (int)Number(value) },
                "--seed" => scenario with { Seed = (ulong)Number(value) },
                "--dead" => scenario with { DeadShare = Share(value) },
                "--slow" => scenario with { SlowShare = Share(value) },
                "--corrupt" => scenario with { CorruptShare = Share(value) },
                "--zones" => scenario with { Zones = (int)Number(value) },
                "--zones-told" => scenario with { IsZoneTold = Number(value) > 0 },
                "--partition" => scenario with { PartitionAt = Span(value).At, PartitionTime = Span(value).For },
                "--tracker-away" => scenario with { TrackerAwayAt = Span(value).At, TrackerAwayTime = Span(value).For },
                "--tracker-service" => scenario with { TrackerServiceTime = TimeSpan.FromMilliseconds(Number(value)) },
                "--start-spread" => scenario with { StartSpread = TimeSpan.FromMilliseconds(Number(value)) },
                "--disk" => scenario with { DiskBytesPerSecond = Bytes(value) },
                "--peers-wanted" => scenario with { PeersWanted = (int)Number(value) },
                "--seeder-peers" => scenario with { SeederPeersMax = (int)Number(value) },
                "--origin" => scenario with { IsSeederOrigin = Number(value) > 0 },
                "--time-max" => scenario with { TimeMax = TimeSpan.FromSeconds(Number(value)) },
                "--threads" => scenario with { Threads = Math.Max(1, (int)Number(value)) },
                "--invariants-every" => scenario with { InvariantsEvery = (int)Number(value) },
                "--timeline" => scenario with { TimelineInterval = TimeSpan.FromMilliseconds(Number(value)) },
                "--set" => Set(scenario, value),
                _ => throw new FormatException($"unknown word '{words[at]}'"),
            };
        }

        Require(scenario.Hosts >= 1, "--hosts", "1 or more");
        Require(scenario.SizeBytes >= 1, "--size", "1 byte or more");
        Require(scenario.Pieces >= 1, "--pieces", "1 or more");
        Require(scenario.Zones >= 1, "--zones", "1 or more");
        Require(scenario.DeadShare + scenario.SlowShare + scenario.CorruptShare <= 1, "--dead, --slow and --corrupt", "100 % at most together");
        return scenario;
    }

    private static void Require(bool holds, string word, string what)
    {
        if (!holds)
        {
            throw new FormatException($"{word} needs {what}");
        }
    }

    private static double Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out double number) && number >= 0 ? number : throw new FormatException($"'{text}' is no number");

    private static double Share(string text) => text.EndsWith('%') ? Number(text[..^1]) / 100 : Number(text);

    private static long Rate(string text) => text.EndsWith("gbit", StringComparison.OrdinalIgnoreCase) ? (long)(Number(text[..^4]) * 125_000_000)
        : text.EndsWith("mbit", StringComparison.OrdinalIgnoreCase) ? (long)(Number(text[..^4]) * 125_000)
        : throw new FormatException($"'{text}' is no rate: write 1gbit or 100mbit");

    private static long Bytes(string text) => text.EndsWith("GB", StringComparison.OrdinalIgnoreCase) ? (long)(Number(text[..^2]) * 1e9)
        : text.EndsWith("MB", StringComparison.OrdinalIgnoreCase) ? (long)(Number(text[..^2]) * 1e6)
        : (long)Number(text);

    private static (TimeSpan At, TimeSpan For) Span(string text) => text.Split('+') is [string at, string length]
        ? (TimeSpan.FromSeconds(Number(at)), TimeSpan.FromSeconds(Number(length)))
        : throw new FormatException($"'{text}' is no time and length: write 0.2+5");

    private static Scenario Set(Scenario scenario, string assignment)
    {
        if (assignment.Split('=') is not [string name, string text])
        {
            throw new FormatException($"'{assignment}' is not OPTION=VALUE");
        }

        SwarmOptions session = scenario.Session with { };
        TrackerOptions tracker = scenario.Tracker with { };
        object owner = typeof(SwarmOptions).GetProperty(name) is null ? tracker : session;
        PropertyInfo property = owner.GetType().GetProperty(name) ?? throw new FormatException($"there is no option '{name}'");
        if (property.PropertyType != typeof(int) && property.PropertyType != typeof(TimeSpan))
        {
            throw new FormatException($"'{name}' is neither a whole number nor a time, and cannot be set here");
        }

        property.SetValue(owner, property.PropertyType == typeof(TimeSpan) ? TimeSpan.FromMilliseconds(Number(text)) : (int)Number(text));
        return scenario with { Session = session, Tracker = tracker };
    }
}
