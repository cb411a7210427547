"""One libtorrent 2.0 peer for the pair benchmark, tuned as far as it goes: TCP only, plain, deep queues.

usage: libtorrent_member.py TORRENT_FILE SAVE_PATH seed|leech [PORT_OF_THE_SEED]
The first line of stdin is for peers that have certificates.

Prints one JSON object a line: {"event": "listening", "port": N}, {"event": "complete", "seconds": S},
and at the end of stdin {"event": "ended", "cpuSeconds": S, "peakBytes": N}.
"""
import json
import resource
import select
import sys
import time

import libtorrent as lt


def say(event, **rest):
    print(json.dumps({"event": event, **rest}), flush=True)


sys.stdin.readline()
torrent_file, save_path, role = sys.argv[1:4]
settings = lt.high_performance_seed()
settings.update({
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
    "alert_mask": 0,
})
session = lt.session(settings)
parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(torrent_file)
parameters.save_path = save_path
parameters.flags &= ~lt.torrent_flags.auto_managed
parameters.flags &= ~lt.torrent_flags.paused
if role == "seed":
    parameters.flags |= lt.torrent_flags.seed_mode
torrent = session.add_torrent(parameters)
say("listening", port=session.listen_port())

began = time.monotonic()
cpu_before = time.process_time()
if role == "leech":
    torrent.connect_peer(("127.0.0.1", int(sys.argv[4])))
    while not torrent.status().is_seeding:
        time.sleep(0.005)
    say("complete", seconds=time.monotonic() - began)
sys.stdin.readline()
say("ended", cpuSeconds=time.process_time() - cpu_before, peakBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
