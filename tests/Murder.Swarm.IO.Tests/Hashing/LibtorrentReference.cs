using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Murder.Swarm.IO.Tests;

internal sealed record LibtorrentFile(string Path, long Size, bool Executable, string? Link);

internal sealed record LibtorrentTorrent(
    string InfoHash, string Name, bool Private, int PieceLength, int Pieces, IReadOnlyList<string> Trackers, IReadOnlyList<LibtorrentFile> Files);

/// <summary>
/// The reference implementation, Debian's python3-libtorrent, which build/test.sh installs: a test that needs it fails where it is missing.
/// </summary>
internal static class LibtorrentReference
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static LibtorrentTorrent Create(string folder, int pieceLength, string torrent) =>
        Run("create", folder, pieceLength.ToString(CultureInfo.InvariantCulture), torrent);

    public static LibtorrentTorrent Load(string torrent) => Run("load", torrent);

    private static LibtorrentTorrent Run(params string[] arguments)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Hashing", "libtorrent_reference.py");
        ProcessStartInfo start = new("/usr/bin/python3", [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process python = Process.Start(start)!;
        Task<string> error = python.StandardError.ReadToEndAsync();
        string output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, $"python3-libtorrent is needed: {error.Result}");
        return JsonSerializer.Deserialize<LibtorrentTorrent>(output, Options)!;
    }
}
