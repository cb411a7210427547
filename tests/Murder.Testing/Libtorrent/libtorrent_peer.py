"""A libtorrent peer for interop tests: joins one torrent, reports on stdout, leaves when stdin ends.

usage: libtorrent_peer.py TORRENT_FILE SAVE_PATH TRACKER_URL

Prints one JSON object a line: {"event": "listening", "port": N}, {"event": "complete"}, {"event": "alert", "text": "..."}.
Everything that does not belong on loopback (DHT, LSD, UPnP, NAT-PMP) is off, and so are uTP and protocol encryption.
"""
import json
import select
import sys
import time

import libtorrent as lt


def say(event, **rest):
    print(json.dumps({"event": event, **rest}), flush=True)


torrent_file, save_path, tracker = sys.argv[1:4]
session = lt.session({
    "listen_interfaces": "127.0.0.1:0",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
    "out_enc_policy": 2,
    "in_enc_policy": 2,
    "allow_multiple_connections_per_ip": True,
    "min_announce_interval": 1,
    "ssrf_mitigation": False,  # it distrusts trackers on loopback
    "alert_mask": lt.alert.category_t.error_notification | lt.alert.category_t.tracker_notification | lt.alert.category_t.connect_notification | lt.alert.category_t.peer_notification,
})
parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(torrent_file)
parameters.save_path = save_path
parameters.trackers = [tracker]
parameters.flags &= ~lt.torrent_flags.auto_managed
parameters.flags &= ~lt.torrent_flags.paused
torrent = session.add_torrent(parameters)

say("listening", port=session.listen_port())
complete = False
while True:
    if select.select([sys.stdin], [], [], 0.1)[0] and sys.stdin.readline() == "":
        break
    for alert in session.pop_alerts():
        say("alert", text=f"{alert.what()}: {alert.message()}")
    if not complete and torrent.status().is_seeding:
        complete = True
        say("complete")
session.remove_torrent(torrent)
time.sleep(0.2)
