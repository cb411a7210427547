"""A libtorrent peer that waits for its start.

usage: libtorrent_peer.py TORRENT_FILE SAVE_PATH ADDRESS seed|leech

Says "ready", takes "go ADDRESS..." (all the others) on stdin, says "complete" when every piece is there and checked, answers "stats" with
"sent BYTES" of payload, and leaves when stdin ends. Tuned for one fast network: no uTP, no encryption, every peer unchoked, long request
queues. The end game is strict: the other one wastes a sixth of the traffic in duplicates.
"""
import os
import select
import sys

import libtorrent as lt

PORT = 6881

torrent_file, save_path, address, role = sys.argv[1:5]
session = lt.session({
    "listen_interfaces": f"{address}:{PORT}",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
    "out_enc_policy": 2,  # disabled
    "in_enc_policy": 2,
    "mixed_mode_algorithm": 0,  # prefer TCP
    "allow_multiple_connections_per_ip": True,
    "unchoke_slots_limit": -1,
    "connections_limit": 1000,
    "connection_speed": 1000,
    "torrent_connect_boost": 255,
    "max_out_request_queue": 1500,
    "max_allowed_in_request_queue": 3000,
    "request_queue_time": 3,
    "strict_end_game_mode": True,
    "tick_interval": 100,
    "peer_turnover": 0,
    "send_buffer_watermark": 2 * 1024 * 1024,
    "send_buffer_watermark_factor": 150,
    "ssrf_mitigation": False,
    "alert_mask": lt.alert.category_t.status_notification,
})
parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(torrent_file)
parameters.save_path = save_path
parameters.flags &= ~lt.torrent_flags.auto_managed
parameters.flags &= ~lt.torrent_flags.paused
if role == "seed":
    parameters.flags |= lt.torrent_flags.seed_mode
torrent = session.add_torrent(parameters)
while torrent.status().state in (lt.torrent_status.checking_files, lt.torrent_status.checking_resume_data):
    session.wait_for_alert(20)
    session.pop_alerts()
print("ready", flush=True)

complete = role == "seed"
pending = b""
while True:
    if complete:
        select.select([0], [], [])
    else:
        session.wait_for_alert(10)
        session.pop_alerts()
        if torrent.status().is_seeding:
            complete = True
            print("complete", flush=True)
    if select.select([0], [], [], 0)[0]:
        read = os.read(0, 65536)
        if not read:
            break
        pending += read
        while b"\n" in pending:
            line, pending = pending.split(b"\n", 1)
            words = line.decode().split()
            if words[0] == "go":
                for peer in words[1:]:
                    torrent.connect_peer((peer, PORT))
            elif words[0] == "stats":
                print("sent", torrent.status().total_payload_upload, flush=True)
os._exit(0)  # the session's own goodbye would wait for trackers it has not
