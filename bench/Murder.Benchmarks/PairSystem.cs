using System.Diagnostics;

namespace Murder.Benchmarks;

/// <summary>How a peer of one engine is started. libtorrent wants the folder above that of the torrent.</summary>
/// <param name="IsSecure">peers are given certificates of one deploy</param>
internal sealed record PairSystem(string Name, bool IsSecure, Func<string, string, ProcessStartInfo> Start)
{
    public static PairSystem Murder { get; } = new("murder", false, MurderMember);

    public static PairSystem MurderOverTls { get; } = new("murder-tls", true, MurderMember);

    public static PairSystem Libtorrent { get; } = new(
        "libtorrent",
        false,
        (torrent, folder) => Command("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "libtorrent_member.py"), torrent, Path.GetDirectoryName(folder)!));

    public static IReadOnlyList<PairSystem> All { get; } = [Murder, MurderOverTls, Libtorrent];

    private static ProcessStartInfo MurderMember(string torrent, string folder) => Command(
        Environment.GetEnvironmentVariable("MURDER_PAIR_MEMBER") ?? throw new InvalidOperationException("MURDER_PAIR_MEMBER is not set: run bench/pair"), torrent, folder);

    private static ProcessStartInfo Command(string program, params string[] arguments) =>
        new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
}
