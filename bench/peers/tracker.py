"""A tracker that holds every announce back until it is told to begin: then all peers learn of all others at once.

usage: tracker.py ADDRESS PORT PEERS

Says "ready" when it listens, "full" when so many peers have announced themselves, and answers them after a line "go" on stdin.
"""
import http.server
import struct
import socket
import sys
import threading
import urllib.parse

INTERVAL_SECONDS = 2

address, port, wanted = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
peers = set()
lock = threading.Lock()
begun = threading.Event()


class Announce(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
        me = (self.client_address[0], int(query["port"][0]))
        with lock:
            known = len(peers)
            peers.add(me)
            if known < wanted <= len(peers):
                print("full", flush=True)
        begun.wait()
        with lock:
            others = b"".join(socket.inet_aton(ip) + struct.pack(">H", number) for ip, number in peers if (ip, number) != me)
        answer = b"d8:intervali%de12:min intervali%de5:peers%d:%se" % (INTERVAL_SECONDS, INTERVAL_SECONDS, len(others), others)
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True


threading.Thread(target=Server((address, port), Announce).serve_forever, daemon=True).start()
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "go":
        begun.set()
