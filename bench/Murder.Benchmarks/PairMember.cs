using System.Net;
using System.Text.Json;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.Benchmarks;

/// <summary>
/// One of our peers as a process of its own, so that its processor time and memory can be told from the other's. Says what
/// libtorrent_member.py says.
/// </summary>
internal static class PairMember
{
    public const string Verb = "pair-member";

    /// <param name="arguments">torrent file, folder of the release, seed or leech, port of the seed</param>
    public static async Task RunAsync(string[] arguments)
    {
        MetainfoReader.TryRead(await File.ReadAllBytesAsync(arguments[0]).ConfigureAwait(false), out Metainfo? metainfo, out _);
        bool isSeed = arguments[2] == "seed";
        IAnnouncer? announcer = isSeed ? null : new OnePeer(new IPEndPoint(IPAddress.Loopback, int.Parse(arguments[3])));
        using PieceStore store = isSeed ? PieceStore.OpenForSeeding(arguments[1], metainfo!) : PieceStore.OpenForFetching(arguments[1], metainfo!);
        int pieces = metainfo!.Layout.PieceCount;
        SwarmDriverOptions options = new() { Seed = isSeed ? 1UL : 2UL };
        SwarmDriver driver = new(metainfo, store, isSeed ? Bitfield.Full(pieces) : new Bitfield(pieces), announcer, options, TimeProvider.System);
        await using (driver.ConfigureAwait(false))
        {
            Say(new { @event = "listening", port = driver.Port });
            TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
            long began = TimeProvider.System.GetTimestamp();
            _ = driver.RunAsync(CancellationToken.None);
            await driver.Completed.ConfigureAwait(false);
            if (!isSeed)
            {
                Say(new { @event = "complete", seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds });
            }

            Console.In.ReadLine();
            Say(new { @event = "ended", cpuSeconds = (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds, peakBytes = ProcessMemory.OwnPeakBytes() });
        }
    }

    private static void Say(object what)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(what));
        Console.Out.Flush();
    }

    /// <summary>A tracker that knows one peer.</summary>
    private sealed class OnePeer(IPEndPoint seed) : IAnnouncer
    {
        public Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken) =>
            Task.FromResult<AnnounceAnswer?>(new AnnounceAnswer([seed], TimeSpan.FromMinutes(1)));
    }
}
