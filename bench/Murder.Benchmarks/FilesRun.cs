using System.Diagnostics;
using System.Text.Json;

namespace Murder.Benchmarks;

/// <summary>One deploy to local hosts. Seconds from the start of the deploy, hashing and the start of the agents included; MiB of the largest process of its kind.</summary>
internal sealed record FilesRun(double StagedSeconds, double StagingSeconds, double DeployerPeakMebibytes, double SeederPeakMebibytes, double AgentPeakMebibytes)
{
    /// <param name="agent">a static agent to run instead of the framework-dependent one of local hosts; empty for the latter</param>
    public static async Task<FilesRun> MeasureAsync(string publishFolder, Workplace place, int hosts, string agent)
    {
        Measure.Time("sync", "-f", publishFolder); // what others wrote is not to be waited for here
        string target = place.Folder("target");
        ProcessStartInfo start = new(Environment.ProcessPath!, [FilesDeployer.Verb, publishFolder, target, hosts.ToString()]) { RedirectStandardOutput = true };
        if (agent.Length > 0)
        {
            start.Environment["DOTNET_HOST_PATH"] = WrapAgent(Path.GetFullPath(agent), place);
        }

        using Process deployer = Process.Start(start)!;
        using CancellationTokenSource ended = new();
        Task<Dictionary<int, long>> watching = Task.Run(() => WatchChildren(deployer.Id, ended.Token));
        string answer = await deployer.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await deployer.WaitForExitAsync().ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        Dictionary<int, long> peaks = await watching.ConfigureAwait(false);
        if (deployer.ExitCode != 0)
        {
            throw new InvalidOperationException($"the deploy failed: {answer}");
        }

        foreach (string release in Directory.GetDirectories(target, "releases", SearchOption.AllDirectories).SelectMany(Directory.GetDirectories))
        {
            Measure.RequireEqual(publishFolder, release);
        }

        place.Remove("target");
        JsonElement said = JsonDocument.Parse(answer).RootElement;
        int seeder = said.GetProperty("seeder").GetInt32();
        return new FilesRun(
            said.GetProperty("stagedSeconds").GetDouble(),
            said.GetProperty("stagingSeconds").GetDouble(),
            said.GetProperty("peakBytes").GetDouble() / 1048576,
            peaks[seeder] / 1048576.0,
            peaks.Where(peak => peak.Key != seeder).Max(peak => peak.Value) / 1048576.0);
    }

    public static FilesRun Median(IReadOnlyList<FilesRun> runs)
    {
        return new FilesRun(
            Of(run => run.StagedSeconds), Of(run => run.StagingSeconds), Of(run => run.DeployerPeakMebibytes), Of(run => run.SeederPeakMebibytes), Of(run => run.AgentPeakMebibytes));

        double Of(Func<FilesRun, double> figure) => Measure.Median([.. runs.Select(figure)]);
    }

    public override string ToString() =>
        $"{StagedSeconds,6:0.00} s to staged, {StagingSeconds:0.00} s of it from the first fetch command on; peak MiB deployer {DeployerPeakMebibytes:0}, seeder {SeederPeakMebibytes:0}, agent {AgentPeakMebibytes:0}";

    /// <summary>Local agents are run by dotnet; this stands in its place, and runs the static agent whatever it is told.</summary>
    private static string WrapAgent(string agent, Workplace place)
    {
        string script = place.File("agent.sh");
        File.WriteAllText(script, $"#!/bin/sh\nexec '{agent}'\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return script;
    }

    /// <summary>The most resident memory that each child of the deployer has had, by its id. The kernel keeps the mark as long as the process lives.</summary>
    private static async Task<Dictionary<int, long>> WatchChildren(int deployer, CancellationToken cancellationToken)
    {
        Dictionary<int, long> peaks = [];
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (int child in ProcessMemory.ChildrenOf(deployer))
            {
                peaks[child] = Math.Max(peaks.GetValueOrDefault(child), ProcessMemory.PeakBytes(child));
            }

            await Task.Delay(20, CancellationToken.None).ConfigureAwait(false);
        }

        return peaks;
    }
}
