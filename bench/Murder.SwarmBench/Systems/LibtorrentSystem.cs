using System.Globalization;

namespace Murder.SwarmBench;

/// <summary>
/// libtorrent 2, a v2 torrent, tuned for one fast network. Every process is up and every peer known before the clock starts; it ends with the
/// last "complete".
/// </summary>
internal sealed class LibtorrentSystem(BenchOptions options) : ISystem
{
    private string _torrent = "";

    public string Name => "libtorrent v2, tuned";

    private string Script => Torrents.Script(options, "libtorrent_peer.py");

    public async Task PrepareAsync(Lab lab, Payload payload, CancellationToken cancellationToken)
    {
        _torrent = await Torrents.MakeAsync(options, payload, "v2", [], cancellationToken);
        foreach (LabHost host in lab.Hosts)
        {
            Torrents.Give(host, _torrent);
            Torrents.Give(host, Script);
        }
    }

    public Task<Outcome> RunAsync(Lab lab, Payload payload, CancellationToken cancellationToken) =>
        PeerGroup.RunAsync(payload.SecondsAt(lab.Bits), group => RunAsync(lab, payload, group), cancellationToken);

    private async Task<Outcome> RunAsync(Lab lab, Payload payload, PeerGroup group)
    {
        PeerProcess seeder = group.Start(lab, Lab.Deployer, Torrents.Python, Script, _torrent, Path.GetDirectoryName(payload.Folder)!, Lab.DeployerAddress, "seed");
        PeerProcess[] leeches = [.. lab.Hosts.Select(host => group.Start(
            lab, host.Name, Torrents.Python, "/run/bench/libtorrent_peer.py", "/run/bench/" + Path.GetFileName(_torrent), "/srv", host.Address, "leech"))];
        await Task.WhenAll(leeches.Append(seeder).Select(peer => peer.ExpectAsync("ready", group.Patience)));

        string[] addresses = [Lab.DeployerAddress, .. lab.Hosts.Select(host => host.Address)];
        DateTimeOffset start = DateTimeOffset.UtcNow;
        await Task.WhenAll(leeches.Zip(lab.Hosts, (leech, host) => leech.SayAsync("go " + string.Join(' ', addresses.Where(address => address != host.Address)))));
        HostOutcome[] hosts = await Task.WhenAll(leeches.Zip(lab.Hosts, WaitAsync));

        await seeder.SayAsync("stats");
        string sent = await seeder.ExpectAsync("sent", group.Patience);
        return new Outcome(start, hosts) { SeederPayloadBytes = long.Parse(sent, CultureInfo.InvariantCulture) };

        async Task<HostOutcome> WaitAsync(PeerProcess leech, LabHost host)
        {
            await leech.ExpectAsync("complete", group.Patience);
            return new HostOutcome(host.Name, DateTimeOffset.UtcNow, Torrents.Copy(host, payload));
        }
    }
}
