using System.Globalization;
using System.Net;
using Murder.Benchmarks;
using Murder.Swarm;
using Murder.Swarm.IO;

namespace Murder.PairMember;

/// <summary>
/// One of our peers as a process of its own, so that its processor time and memory can be told from the other's. Says what
/// libtorrent_member.py says.
/// </summary>
internal static class Program
{
    /// <param name="arguments">torrent file, folder of the release, seed or leech, port of the seed; the first line of stdin is for ReadSecurity</param>
    private static async Task Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"); // as the agent has it
        MetainfoReader.TryRead(await File.ReadAllBytesAsync(arguments[0]).ConfigureAwait(false), out Metainfo? metainfo, out _);
        bool isSeed = arguments[2] == "seed";
        IAnnouncer? announcer = isSeed ? null : new OnePeer(new IPEndPoint(IPAddress.Loopback, int.Parse(arguments[3])));
        using MemberTls? security = ReadSecurity(Console.In.ReadLine()!);
        using PieceStore store = isSeed ? PieceStore.OpenForSeeding(arguments[1], metainfo!) : PieceStore.OpenForFetching(arguments[1], metainfo!);
        int pieces = metainfo!.Layout.PieceCount;
        SwarmDriverOptions options = new() { Seed = isSeed ? 1UL : 2UL, Security = security };
        SwarmDriver driver = new(metainfo, store, isSeed ? Bitfield.Full(pieces) : new Bitfield(pieces), announcer, options, TimeProvider.System);
        await using (driver.ConfigureAwait(false))
        {
            Console.WriteLine($$"""{"event": "listening", "port": {{driver.Port}}}""");
            TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
            long began = TimeProvider.System.GetTimestamp();
            _ = driver.RunAsync(CancellationToken.None);
            await driver.Completed.ConfigureAwait(false);
            if (!isSeed)
            {
                Console.WriteLine($$"""{"event": "complete", "seconds": {{TimeProvider.System.GetElapsedTime(began).TotalSeconds}}}""");
            }

            Console.In.ReadLine();
            Console.WriteLine($$"""{"event": "ended", "cpuSeconds": {{(Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds}}, "peakBytes": {{ProcessMemory.OwnPeakBytes()}}}""");
        }
    }

    /// <param name="line">"plain", or the parts of a <see cref="MemberCredential"/></param>
    private static MemberTls? ReadSecurity(string line) => line.Split(' ') is [string authority, string certificate, string key, string issuedAt]
        ? new MemberTls(
            new MemberCredential
            {
                Authority = Convert.FromBase64String(authority),
                Certificate = Convert.FromBase64String(certificate),
                PrivateKey = Convert.FromBase64String(key),
                IssuedAtMilliseconds = long.Parse(issuedAt),
            },
            TimeProvider.System)
        : null;

    /// <summary>A tracker that knows one peer.</summary>
    private sealed class OnePeer(IPEndPoint seed) : IAnnouncer
    {
        public Task<AnnounceAnswer?> AnnounceAsync(AnnounceRequest request, CancellationToken cancellationToken) =>
            Task.FromResult<AnnounceAnswer?>(new AnnounceAnswer([seed], TimeSpan.FromMinutes(1)));
    }
}
