namespace Murder.Benchmarks;

/// <summary>
/// What many small files cost: the shipped deploy to local hosts of one large file and of many small ones, beside cp -r of the small ones,
/// and the most memory that the deployer, the seeder and an agent took.
/// </summary>
internal static class FilesBench
{
    private const int FilesPerFolder = 250;

    public static async Task RunAsync(Options options)
    {
        int files = options.Number("--files", 100_000);
        int length = options.Number("--length", 1024);
        int megabytes = options.Number("--size", 100);
        int runs = options.Number("--runs", 3);
        int hosts = options.Number("--hosts", 1);
        using Workplace place = new(options.Text("--place", ""));
        string one = place.Folder("one");
        string many = place.Folder("many");
        Workplace.WriteRandom(Path.Combine(one, "large"), megabytes * 1_000_000L);
        for (int file = 0; file < files; file++)
        {
            string folder = Path.Combine(many, $"folder{file / FilesPerFolder:0000}");
            Directory.CreateDirectory(folder);
            Workplace.WriteRandom(Path.Combine(folder, $"file{file:000000}"), length);
        }

        List<FilesRun> largeRuns = [];
        List<FilesRun> smallRuns = [];
        List<double> copies = [];
        List<double> syncs = [];
        for (int run = 0; run < runs; run++)
        {
            largeRuns.Add(await FilesRun.MeasureAsync(one, place, hosts, options.Text("--agent", "")).ConfigureAwait(false));
            Console.WriteLine($"one file    {largeRuns[^1]}");
            smallRuns.Add(await FilesRun.MeasureAsync(many, place, hosts, options.Text("--agent", "")).ConfigureAwait(false));
            Console.WriteLine($"many files  {smallRuns[^1]}");
            copies.Add(Measure.Time("cp", "-r", many, place.File("copy")));
            syncs.Add(Measure.Time("sync", "-f", place.File("copy")));
            Console.WriteLine($"cp -r       {copies[^1],6:0.00} s, then sync -f {syncs[^1]:0.00} s");
            place.Remove("copy");
        }

        FilesRun large = FilesRun.Median(largeRuns);
        FilesRun small = FilesRun.Median(smallRuns);
        double copy = Measure.Median(copies);
        double copyAndSync = Measure.Median([.. copies.Zip(syncs, (c, s) => c + s)]);
        Console.WriteLine();
        Console.WriteLine($"medians of {runs}; {megabytes} MB in one file, {files} files of {length} bytes, {hosts} local host(s)");
        Console.WriteLine($"one file    {large}");
        Console.WriteLine($"many files  {small}");
        Console.WriteLine($"cp -r       {copy,6:0.00} s, {copyAndSync:0.00} s with sync -f");
        Console.WriteLine($"many / (2 x one + cp -r)            {small.StagedSeconds / ((2 * large.StagedSeconds) + copy):0.00}");
        Console.WriteLine($"many / (2 x one + cp -r + sync -f)  {small.StagedSeconds / ((2 * large.StagedSeconds) + copyAndSync):0.00}");
    }
}
