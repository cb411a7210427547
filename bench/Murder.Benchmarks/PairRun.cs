using System.Diagnostics;
using System.Text.Json;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.Benchmarks;

/// <summary>What one transfer took. MB and GB are powers of ten.</summary>
internal sealed record PairRun(double MegabytesPerSecond, double SeedCpuPerGigabyte, double LeechCpuPerGigabyte, double SeedPeakMebibytes, double LeechPeakMebibytes)
{
    public static async Task<PairRun> MeasureAsync(PairSystem system, string torrent, string source, Workplace place, long bytes)
    {
        string target = place.Folder("target", Path.GetFileName(source));
        place.TouchFreeMemory(2 * bytes);
        using SwarmAuthority? authority = system.IsSecure ? new SwarmAuthority(TimeProvider.System) : null;
        using Member seed = new(system.Start(torrent, source), Credential(authority, 1), "seed");
        int port = (await seed.NextAsync("listening").ConfigureAwait(false)).GetProperty("port").GetInt32();
        using Member leech = new(system.Start(torrent, target), Credential(authority, 2), "leech", port.ToString());
        await leech.NextAsync("listening").ConfigureAwait(false);
        double seconds = (await leech.NextAsync("complete").ConfigureAwait(false)).GetProperty("seconds").GetDouble();
        (double leechCpu, double leechPeak) = await leech.EndAsync().ConfigureAwait(false);
        (double seedCpu, double seedPeak) = await seed.EndAsync().ConfigureAwait(false);
        Measure.RequireEqual(source, target);
        place.Remove("target");
        return new PairRun(bytes / 1e6 / seconds, seedCpu / (bytes / 1e9), leechCpu / (bytes / 1e9), seedPeak, leechPeak);
    }

    public static PairRun Median(IReadOnlyList<PairRun> runs)
    {
        return new PairRun(
            Of(run => run.MegabytesPerSecond), Of(run => run.SeedCpuPerGigabyte), Of(run => run.LeechCpuPerGigabyte),
            Of(run => run.SeedPeakMebibytes), Of(run => run.LeechPeakMebibytes));

        double Of(Func<PairRun, double> figure) => Measure.Median([.. runs.Select(figure)]);
    }

    public override string ToString() =>
        $"{MegabytesPerSecond,6:0} MB/s  cpu-s/GB {SeedCpuPerGigabyte:0.00} + {LeechCpuPerGigabyte:0.00} = {SeedCpuPerGigabyte + LeechCpuPerGigabyte:0.00}  peak MiB {SeedPeakMebibytes:0} / {LeechPeakMebibytes:0}";

    /// <summary>The first line that a peer is told.</summary>
    private static string Credential(SwarmAuthority? authority, ulong seed) => authority?.Issue(PeerId.Create(new SwarmRandom(seed))) is { } issued
        ? $"{Convert.ToBase64String(issued.Authority)} {Convert.ToBase64String(issued.Certificate)} {Convert.ToBase64String(issued.PrivateKey)} {issued.IssuedAtMilliseconds}"
        : "plain";

    /// <summary>A peer's process, which speaks lines of JSON.</summary>
    private sealed class Member : IDisposable
    {
        private readonly Process _process;

        public Member(ProcessStartInfo start, string firstLine, params string[] arguments)
        {
            Array.ForEach(arguments, start.ArgumentList.Add);
            _process = Process.Start(start)!;
            _process.StandardInput.WriteLine(firstLine);
        }

        public async Task<JsonElement> NextAsync(string kind)
        {
            string line = await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException($"a peer ended before '{kind}'");
            JsonElement said = JsonDocument.Parse(line).RootElement;
            return said.GetProperty("event").GetString() == kind ? said : throw new InvalidOperationException($"'{kind}' was expected: {line}");
        }

        public async Task<(double CpuSeconds, double PeakMebibytes)> EndAsync()
        {
            _process.StandardInput.Close();
            JsonElement ended = await NextAsync("ended").ConfigureAwait(false);
            await _process.WaitForExitAsync().ConfigureAwait(false);
            return (ended.GetProperty("cpuSeconds").GetDouble(), ended.GetProperty("peakBytes").GetDouble() / 1048576);
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }
}
