using System.Diagnostics;

namespace Murder.Benchmarks;

/// <summary>How a peer of one engine is started. libtorrent wants the folder above that of the torrent.</summary>
internal sealed record PairSystem(string Name, Func<string, string, ProcessStartInfo> Start)
{
    public static PairSystem Murder { get; } = new("murder", (torrent, folder) => Command(Environment.ProcessPath!, PairMember.Verb, torrent, folder));

    public static PairSystem Libtorrent { get; } = new(
        "libtorrent",
        (torrent, folder) => Command("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "libtorrent_member.py"), torrent, Path.GetDirectoryName(folder)!));

    private static ProcessStartInfo Command(string program, params string[] arguments) =>
        new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
}
