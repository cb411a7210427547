using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.Benchmarks;

/// <summary>One seed to one leech over loopback, nothing shaped, page cache warm; ours and libtorrent's in turn, same torrent.</summary>
internal static class PairBench
{
    private const int PieceLength = 1024 * 1024;
    private const string Name = "payload";

    public static async Task RunAsync(Options options)
    {
        int megabytes = options.Number("--size", 1024);
        int runs = options.Number("--runs", 3);
        long bytes = megabytes * 1024L * 1024;
        using Workplace place = new(4 * bytes); // the source, a copy, and what is touched before it
        string source = place.Folder("source", Name);
        Workplace.WriteRandom(Path.Combine(source, "large"), bytes);
        await File.WriteAllTextAsync(Path.Combine(source, "small"), "small\n").ConfigureAwait(false); // libtorrent 2.0.8 does not transfer a torrent of one file
        string torrent = await DescribeAsync(source, place.File("payload.torrent")).ConfigureAwait(false);

        string[] names = options.Text("--systems", "murder,murder-tls,libtorrent").Split(',');
        PairSystem[] systems = [.. PairSystem.All.Where(system => names.Contains(system.Name))];
        Dictionary<PairSystem, List<PairRun>> results = systems.ToDictionary(system => system, _ => new List<PairRun>());
        for (int run = 0; run < runs; run++)
        {
            foreach (PairSystem system in systems)
            {
                PairRun result = await PairRun.MeasureAsync(system, torrent, source, place, bytes).ConfigureAwait(false);
                results[system].Add(result);
                Console.WriteLine($"{system.Name,-12} {result}");
            }
        }

        Console.WriteLine();
        Console.WriteLine($"medians of {runs}, {megabytes} MiB, {PieceLength / 1024} KiB pieces");
        double? reference = results.TryGetValue(PairSystem.Libtorrent, out List<PairRun>? theirs) ? PairRun.Median(theirs).MegabytesPerSecond : null;
        foreach (PairSystem system in systems)
        {
            PairRun median = PairRun.Median(results[system]);
            Console.WriteLine($"{system.Name,-12} {median}{(reference is { } speed ? $"  {median.MegabytesPerSecond / speed:0.00} x libtorrent" : "")}");
        }
    }

    private static async Task<string> DescribeAsync(string source, string torrent)
    {
        FileToHash[] files = [.. new DirectoryInfo(source).GetFiles().Select(file => new FileToHash(file.Name, file.Length, false, null))];
        IReadOnlyList<HashedFile> hashed = await ReleaseHasher.HashAsync(source, files, PieceLength, CancellationToken.None).ConfigureAwait(false);
        Metainfo metainfo = MetainfoBuilder.Build(Name, PieceLength, hashed);
        await File.WriteAllBytesAsync(torrent, metainfo.Bytes).ConfigureAwait(false);
        return torrent;
    }
}
