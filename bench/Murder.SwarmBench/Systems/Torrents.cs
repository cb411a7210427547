namespace Murder.SwarmBench;

/// <summary>Torrents of the payload, and the files that other systems' peers need on their hosts.</summary>
internal static class Torrents
{
    public const string Python = "/usr/bin/python3"; // Debian's, which has Debian's libtorrent

    public static string Script(BenchOptions options, string name) => Path.Combine(options.Repository, "bench", "peers", name);

    /// <param name="version">v1 or v2</param>
    /// <returns>path of the torrent on the deployer</returns>
    public static async Task<string> MakeAsync(BenchOptions options, Payload payload, string version, string[] announceUrls, CancellationToken cancellationToken)
    {
        string path = $"{payload.Folder}.{version}.torrent";
        await Command.RunAsync(Python, [Script(options, "make_torrent.py"), version, payload.Folder, path, .. announceUrls], cancellationToken);
        return path;
    }

    /// <summary>Puts a file where the host has it as /run/bench/NAME.</summary>
    public static void Give(LabHost host, string path)
    {
        Directory.CreateDirectory(host.Bench);
        File.Copy(path, Path.Combine(host.Bench, Path.GetFileName(path)), overwrite: true);
    }

    /// <summary>A torrent's folder has the payload's name and lies in the host's /srv.</summary>
    public static string Copy(LabHost host, Payload payload) => Path.Combine(host.Folder, "srv", Path.GetFileName(payload.Folder));
}
