using System.Diagnostics;
using System.Globalization;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.Benchmarks;

/// <summary>Making a torrent, page cache warm, beside what openssl says SHA-256 of 16 KiB blocks can do on the same cores in the same minute.</summary>
internal static class HashBench
{
    private const int SmallLength = 64 * 1024;

    public static async Task RunAsync(Options options)
    {
        int megabytes = options.Number("--size", 1000);
        int runs = options.Number("--runs", 5);
        using Workplace place = new(options.Text("--place", ""));
        (string Name, string Folder)[] payloads = [("one file", place.Folder("one")), ($"{SmallLength / 1024} KiB files", place.Folder("many"))];
        Workplace.WriteRandom(Path.Combine(payloads[0].Folder, "large"), megabytes * 1_000_000L);
        for (int file = 0; file < megabytes * 1_000_000L / SmallLength; file++)
        {
            Workplace.WriteRandom(Path.Combine(place.Folder("many", $"folder{file / 250}"), $"file{file}"), SmallLength);
        }

        List<double> openssl = [];
        Dictionary<string, List<HashRun>> ours = payloads.ToDictionary(payload => payload.Name, _ => new List<HashRun>());
        int cores = Environment.ProcessorCount;
        for (int run = 0; run <= runs; run++)
        {
            openssl.Add(OpenSsl());
            foreach ((string name, string folder) in payloads)
            {
                HashRun measured = await MeasureAsync(folder).ConfigureAwait(false);
                if (run > 0) // the first is for the page cache and the JIT
                {
                    ours[name].Add(measured);
                }
            }
        }

        double core = Measure.Median(openssl);
        Console.WriteLine($"medians of {runs}, {megabytes} MB, {cores} cores");
        Console.WriteLine($"openssl          {core,6:0} MB a second of one core");
        foreach ((string name, List<HashRun> measured) in ours)
        {
            double perSecond = Measure.Median([.. measured.Select(run => run.PerSecond)]);
            double perCpuSecond = Measure.Median([.. measured.Select(run => run.PerCpuSecond)]);
            Console.WriteLine($"{name,-16} {perSecond,6:0} MB/s, {perSecond / (core * cores):0.00} x openssl x cores; {perCpuSecond,6:0} MB a second of one core, {perCpuSecond / core:0.00} x openssl");
        }
    }

    private static async Task<HashRun> MeasureAsync(string folder)
    {
        FileToHash[] files =
        [
            .. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(file => new FileToHash(Path.GetRelativePath(folder, file.FullName), file.Length, false, null)),
        ];
        int pieceLength = MetainfoBuilder.ChoosePieceLength([.. files.Select(file => file.Length)]);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        IReadOnlyList<HashedFile> hashed = await ReleaseHasher.HashAsync(folder, files, pieceLength, CancellationToken.None).ConfigureAwait(false);
        Metainfo metainfo = MetainfoBuilder.Build("bench", pieceLength, hashed);
        double total = metainfo.Layout.TotalLength / 1e6;
        return new HashRun(total / Stopwatch.GetElapsedTime(began).TotalSeconds, total / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    /// <summary>What it says is counted in processor time, so it is the same on a busy machine.</summary>
    private static double OpenSsl()
    {
        ProcessStartInfo start = new("openssl", ["speed", "-mr", "-evp", "sha256", "-bytes", "16384", "-seconds", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string line = process.StandardOutput.ReadToEnd().Split('\n').Last(text => text.StartsWith("+F:", StringComparison.Ordinal));
        process.WaitForExit();
        return double.Parse(line.Split(':')[^1], CultureInfo.InvariantCulture) / 1e6;
    }

    /// <summary>MB by the clock, and by processor time of all threads and the kernel's on their behalf.</summary>
    private readonly record struct HashRun(double PerSecond, double PerCpuSecond);
}
