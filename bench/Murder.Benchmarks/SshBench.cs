using System.Diagnostics;
using System.Text.Json;
using Murder.Deploy;

namespace Murder.Benchmarks;

/// <summary>
/// What it takes until every agent is up, the agent cached: on sshds of their own, side by side with as many OpenSSH clients that only run <c>true</c>, and
/// on one sshd with very many sessions.
/// </summary>
internal static class SshBench
{
    public static async Task RunAsync(Options options)
    {
        int hosts = options.Number("--hosts", 64);
        int sessions = options.Number("--sessions", 1000);
        int runs = options.Number("--runs", 5);
        using Workplace place = new(options.Text("--place", ""));
        if (hosts > 0)
        {
            await CompareAsync(place, hosts, runs).ConfigureAwait(false);
        }

        if (sessions > 0)
        {
            using SshFleet one = SshFleet.Start(place, 1, "MaxStartups 5000");
            await MeasureAsync(place, one.SettingsFor(1)).ConfigureAwait(false); // the agent gets into the cache
            Console.WriteLine($"{sessions} sessions on one sshd  {await MeasureAsync(place, one.SettingsFor(sessions)).ConfigureAwait(false)}");
        }
    }

    private static async Task CompareAsync(Workplace place, int hosts, int runs)
    {
        using SshFleet fleet = SshFleet.Start(place, hosts);
        await MeasureAsync(place, fleet.SettingsFor(hosts)).ConfigureAwait(false); // the agent gets into the cache
        fleet.TimeOpenSsh();
        List<SshRun> ours = [];
        List<double> theirs = [];
        for (int run = 0; run < runs; run++)
        {
            ours.Add(await MeasureAsync(place, fleet.SettingsFor(hosts)).ConfigureAwait(false));
            Console.WriteLine($"murder   {ours[^1]}");
            theirs.Add(fleet.TimeOpenSsh());
            Console.WriteLine($"openssh  {theirs[^1],6:0.00} s to the end of all");
        }

        double up = Measure.Median([.. ours.Select(run => run.UpSeconds)]);
        double openSsh = Measure.Median(theirs);
        double ratio = Measure.Median([.. ours.Zip(theirs, (run, seconds) => run.UpSeconds / seconds)]); // of neighbours in time: what else the machine does changes
        Console.WriteLine($"medians of {runs}, {hosts} sshds: {up:0.00} s to all agents up, {openSsh:0.00} s for as many ssh 'true', {ratio:0.00} times that of the run beside it; {ours.Max(run => run.PeakMebibytes):0} MiB at most");
    }

    /// <summary>In a process of its own, with the collector and compiler that MSBuild has.</summary>
    private static async Task<SshRun> MeasureAsync(Workplace place, DeploymentSettings settings)
    {
        string file = place.File("settings.json");
        await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(settings)).ConfigureAwait(false);
        ProcessStartInfo start = new(Environment.ProcessPath!, [SshDeployer.Verb, file]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_gcConcurrent"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "1";
        using Process deployer = Process.Start(start)!;
        string answer = await deployer.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await deployer.WaitForExitAsync().ConfigureAwait(false);
        return deployer.ExitCode == 0 ? JsonSerializer.Deserialize<SshRun>(answer)! : throw new InvalidOperationException($"the deployer failed: {answer}");
    }
}
