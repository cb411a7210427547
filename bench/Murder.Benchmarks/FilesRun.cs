using System.Diagnostics;
using System.Text.Json;

namespace Murder.Benchmarks;

/// <summary>One deploy to local hosts. Seconds from the start of the deploy, hashing and the start of the agents included; MiB of the largest process.</summary>
internal sealed record FilesRun(double StagedSeconds, double StagingSeconds, double DeployerPeakMebibytes, double AgentPeakMebibytes)
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
        Task<long> watching = Task.Run(() => WatchAgents(deployer.Id, ended.Token));
        string answer = await deployer.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await deployer.WaitForExitAsync().ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        long agentPeak = await watching.ConfigureAwait(false);
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
        return new FilesRun(
            said.GetProperty("stagedSeconds").GetDouble(), said.GetProperty("stagingSeconds").GetDouble(),
            said.GetProperty("peakBytes").GetDouble() / 1048576, agentPeak / 1048576.0);
    }

    public static FilesRun Median(IReadOnlyList<FilesRun> runs)
    {
        return new FilesRun(Of(run => run.StagedSeconds), Of(run => run.StagingSeconds), Of(run => run.DeployerPeakMebibytes), Of(run => run.AgentPeakMebibytes));

        double Of(Func<FilesRun, double> figure) => Measure.Median([.. runs.Select(figure)]);
    }

    public override string ToString() =>
        $"{StagedSeconds,6:0.00} s to staged, {StagingSeconds:0.00} s of it from the first fetch command on; peak MiB deployer {DeployerPeakMebibytes:0}, agent {AgentPeakMebibytes:0}";

    /// <summary>Local agents are run by dotnet; this stands in its place, and runs the static agent whatever it is told.</summary>
    private static string WrapAgent(string agent, Workplace place)
    {
        string script = place.File("agent.sh");
        File.WriteAllText(script, $"#!/bin/sh\nexec '{agent}'\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return script;
    }

    /// <summary>The most resident memory that any child of the deployer has had. The kernel keeps the mark as long as the process lives.</summary>
    private static async Task<long> WatchAgents(int deployer, CancellationToken cancellationToken)
    {
        long peak = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (int child in ProcessMemory.ChildrenOf(deployer))
            {
                peak = Math.Max(peak, ProcessMemory.PeakBytes(child));
            }

            await Task.Delay(20, CancellationToken.None).ConfigureAwait(false);
        }

        return peak;
    }
}
