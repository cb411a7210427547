using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Murder.Testing;

namespace Murder.Swarm.IO.Tests;

/// <summary>libtorrent 2 (Debian's python3-libtorrent) against our tracker, over real sockets.</summary>
public sealed class TrackerInteropTests
{
    // Makes a v2 torrent, says its info-hash, hears our URL, and leeches until its stdin ends. Without ssrf_mitigation=False libtorrent only
    // announces to a loopback address when the path begins with /announce.
    private const string Leech = """
        import hashlib, libtorrent as lt, os, sys, threading
        folder = sys.argv[1]
        with open(os.path.join(folder, "payload"), "wb") as file:
            file.write(hashlib.sha256(b"payload").digest() * 4096)
        files = lt.file_storage()
        lt.add_files(files, os.path.join(folder, "payload"))
        torrent = lt.create_torrent(files, 16384, lt.create_torrent.v2_only)
        lt.set_piece_hashes(torrent, folder)
        info = lt.torrent_info(lt.bdecode(lt.bencode(torrent.generate())))
        print(info.info_hashes().v2, flush=True)
        session = lt.session({
            "listen_interfaces": "127.0.0.1:0", "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
            "enable_outgoing_utp": False, "enable_incoming_utp": False, "out_enc_policy": 2, "ssrf_mitigation": False,
            "alert_mask": lt.alert.category_t.tracker_notification | lt.alert.category_t.error_notification})
        url = sys.stdin.readline().strip()
        handle = session.add_torrent({"ti": info, "save_path": os.path.join(folder, "leech"), "trackers": [url]})
        def report():
            while True:
                session.wait_for_alert(200)
                for alert in session.pop_alerts():
                    print(type(alert).__name__, getattr(alert, "num_peers", ""), alert.message(), flush=True)
        threading.Thread(target=report, daemon=True).start()
        sys.stdin.read()
        """;

    [Fact]
    public async Task Libtorrent_announces_and_connects_to_the_peers_it_is_told_of()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var directory = new TestDirectory();
        using Process leech = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Leech, directory.Path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            Task<string> errors = leech.StandardError.ReadToEndAsync(deadline.Token);
            string? hash = await leech.StandardOutput.ReadLineAsync(deadline.Token);
            Assert.True(hash?.Length == 64, hash is null ? $"python3-libtorrent is needed: {await errors}" : hash);
            var infoHash = new InfoHash(new Hash256(Convert.FromHexString(hash!)));

            using var seeder = new Socket(SocketType.Stream, ProtocolType.Tcp);
            seeder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            seeder.Listen();
            await using var server = new TrackerServer(infoHash, RunningTracker.Secret, seed: 1, TimeProvider.System);
            server.AddLocalSeed(RunningTracker.Id(1), ((IPEndPoint)seeder.LocalEndPoint!).Port);
            Task running = server.RunAsync(deadline.Token);
            await leech.StandardInput.WriteLineAsync(server.AnnounceUrl(IPAddress.Loopback).OriginalString);
            await leech.StandardInput.FlushAsync(deadline.Token);

            string? alert;
            do
            {
                alert = await leech.StandardOutput.ReadLineAsync(deadline.Token);
                Assert.False(alert is null || alert.StartsWith("tracker_error_alert", StringComparison.Ordinal), alert);
            }
            while (!alert!.StartsWith("tracker_reply_alert", StringComparison.Ordinal));
            Assert.StartsWith("tracker_reply_alert 1 ", alert, StringComparison.Ordinal);

            using Socket connection = await seeder.AcceptAsync(deadline.Token);
            byte[] handshake = new byte[48];
            await new NetworkStream(connection).ReadExactlyAsync(handshake, deadline.Token);
            Assert.True(infoHash.MatchesTruncated(handshake.AsSpan(28, 20)));

            using var client = new TrackerClient([server.AnnounceUrl(IPAddress.Loopback)]);
            AnnounceAnswer? answer = await client.AnnounceAsync(RunningTracker.Request(2) with { InfoHash = infoHash.Truncated() }, deadline.Token);
            Assert.Equal(2, answer!.Peers.Count); // the seeder and libtorrent
        }
        finally
        {
            leech.Kill(entireProcessTree: true);
            await leech.WaitForExitAsync();
        }
    }
}
