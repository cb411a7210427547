using System.Globalization;

namespace Murder.SwarmBench;

/// <summary>
/// aria2, a v1 torrent (it knows no v2), peers through a tracker and peer exchange. The tracker holds all announces back until every process
/// is up; the clock starts when it answers and ends when the last aria2 calls its hook.
/// </summary>
internal sealed class AriaSystem(BenchOptions options) : ISystem
{
    private const int TrackerPort = 6969;
    private const string Hook = "done.sh";

    private string _torrent = "";

    public string Name => "aria2 v1";

    public async Task PrepareAsync(Lab lab, Payload payload, CancellationToken cancellationToken)
    {
        _torrent = await Torrents.MakeAsync(options, payload, "v1", [$"http://{Lab.DeployerAddress}:{TrackerPort}/announce"], cancellationToken);
        foreach (LabHost host in lab.Hosts)
        {
            Torrents.Give(host, _torrent);
            string hook = Path.Combine(host.Bench, Hook);
            await File.WriteAllTextAsync(hook, "#!/bin/sh\n: >/srv/done\n", cancellationToken);
            File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public Task<Outcome> RunAsync(Lab lab, Payload payload, CancellationToken cancellationToken) =>
        PeerGroup.RunAsync(payload.SecondsAt(lab.Bits), group => RunAsync(lab, payload, group), cancellationToken);

    private async Task<Outcome> RunAsync(Lab lab, Payload payload, PeerGroup group)
    {
        PeerProcess tracker = group.Start(
            lab, Lab.Deployer, Torrents.Python, Torrents.Script(options, "tracker.py"), Lab.DeployerAddress, $"{TrackerPort}", (lab.Hosts.Count + 1).ToString(CultureInfo.InvariantCulture));
        await tracker.ExpectAsync("ready", group.Patience);
        group.Start(lab, Lab.Deployer, Aria(_torrent, Path.GetDirectoryName(payload.Folder)!, "--bt-seed-unverified=true"));
        foreach (LabHost host in lab.Hosts)
        {
            group.Start(lab, host.Name, Aria("/run/bench/" + Path.GetFileName(_torrent), "/srv", $"--on-bt-download-complete=/run/bench/{Hook}"));
        }

        await tracker.ExpectAsync("full", group.Patience);
        DateTimeOffset start = DateTimeOffset.UtcNow;
        await tracker.SayAsync("go");
        return new Outcome(start, await Task.WhenAll(lab.Hosts.Select(WaitAsync)));

        async Task<HostOutcome> WaitAsync(LabHost host)
        {
            string mark = Path.Combine(host.Folder, "srv", "done");
            while (!File.Exists(mark))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), group.Patience);
            }

            return new HostOutcome(host.Name, File.GetLastWriteTimeUtc(mark), Torrents.Copy(host, payload));
        }
    }

    /// <summary>Told to look for more peers whatever its speed (it stops at 50 kB/s), and to announce as often as the tracker allows.</summary>
    private static string[] Aria(string torrent, string folder, string own) =>
    [
        "aria2c", "--no-conf", "--quiet", "--dir", folder, "--listen-port=6881", "--file-allocation=none", "--seed-ratio=0.0",
        "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false", "--enable-peer-exchange=true", "--disable-ipv6=true",
        "--bt-tracker-interval=2", "--bt-max-peers=0", "--bt-request-peer-speed-limit=1000M", "--bt-min-crypto-level=plain", "--bt-require-crypto=false",
        own, torrent,
    ];
}
