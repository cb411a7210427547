namespace Murder.SwarmBench;

/// <summary>The front door: a lab for every number of hosts and rate, and on it every system in turn.</summary>
internal static class Bench
{
    /// <summary>True when every system brought every file to every host.</summary>
    public static async Task<bool> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        PayloadProject project = await PayloadProject.MakeAsync(options, cancellationToken);
        Payload payload = project.Payload;
        Console.WriteLine($"payload: {payload.Files.Count} files, {payload.TotalBytes} bytes");
        BenchReport report = new(options, payload);
        foreach (string rate in options.Rates)
        {
            foreach (int hosts in options.Hosts)
            {
                // Two benches at once would measure each other.
                using BenchLock turn = await BenchLock.TakeAsync(cancellationToken);
                await using Lab lab = await Lab.UpAsync(options, hosts, rate, cancellationToken);
                foreach (ISystem system in options.Systems.SelectMany(name => Make(name, project, options)))
                {
                    report.Add(await MeasureAsync(system, lab, payload, options, cancellationToken));
                }
            }
        }

        Console.WriteLine();
        Console.Write(report.ToTable());
        return report.Rows.All(row => row.Error is null);
    }

    private static IEnumerable<ISystem> Make(string name, PayloadProject project, BenchOptions options) => name switch
    {
        "murder" => options.Securities.SelectMany(security => options.Filters.Select(filter => new MurderSystem(project, security, filter, options.Limit))),
        "libtorrent" => [new LibtorrentSystem(options)],
        "aria2" => [new AriaSystem(options)],
        "rsync" => [new RsyncSystem()],
        "scp" => [new ScpSystem(options.ScpHosts)],
        _ => throw new BenchException($"no system {name}"),
    };

    /// <summary>A system that fails has its failure in its row; the others are measured all the same.</summary>
    private static async Task<Row> MeasureAsync(ISystem system, Lab lab, Payload payload, BenchOptions options, CancellationToken cancellationToken)
    {
        List<RunResult> results = [];
        try
        {
            await lab.ClearHostsAsync();
            await system.PrepareAsync(lab, payload, cancellationToken);
            for (int run = 0; run < options.Runs; run++)
            {
                await lab.ClearHostsAsync();
                RunResult result = await RunOnceAsync(system, lab, payload, options, cancellationToken);
                results.Add(result);
                Console.WriteLine($"{system.Name} N={lab.Hosts.Count} {lab.Rate}: {result.Describe()}");
                foreach (HostRate rate in result.Rates)
                {
                    Console.WriteLine(rate.Describe(options.LimitBytesPerSecond!.Value));
                }
            }

            return new Row(system.Name, lab.Hosts.Count, lab.Rate, results, Error: null);
        }
        catch (BenchException e)
        {
            Console.WriteLine($"{system.Name} N={lab.Hosts.Count} {lab.Rate}: FAILED: {e.Message}");
            return new Row(system.Name, lab.Hosts.Count, lab.Rate, results, e.Message);
        }
    }

    private static async Task<RunResult> RunOnceAsync(ISystem system, Lab lab, Payload payload, BenchOptions options, CancellationToken cancellationToken)
    {
        Outcome outcome;
        Meter meter = Meter.Start(lab, system.SeederProcessName);
        LinkMeter? links = options.Limit is null ? null : LinkMeter.Start(lab);
        await using (meter)
        await using (links)
        {
            outcome = await system.RunAsync(lab, payload, cancellationToken);
        }

        // Outside the timed part: the hosts' files are read where the hosts keep them.
        await Task.WhenAll(outcome.Hosts.Select(host => payload.VerifyAsync(host.Folder, host.Name, cancellationToken)));
        long bits = (long)Math.Min(lab.Bits, (options.LimitBytesPerSecond ?? double.MaxValue) * 8);
        return RunResult.Of(bits, payload, outcome, meter) with { Rates = links is null ? [] : HostRate.Of(outcome, links) };
    }
}
