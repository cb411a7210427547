"""Writes a torrent of a folder.

usage: make_torrent.py v1|v2 FOLDER TORRENT_FILE [ANNOUNCE_URL]

Pieces of 256 KiB (v1) and 64 KiB (v2, where every file begins a piece of its own).
"""
import os
import sys

import libtorrent as lt

version, folder, path = sys.argv[1:4]
files = lt.file_storage()
lt.add_files(files, folder)
if version == "v2":
    torrent = lt.create_torrent(files, 64 * 1024, lt.create_torrent.v2_only)
else:
    torrent = lt.create_torrent(files, 256 * 1024, lt.create_torrent.v1_only)
for url in sys.argv[4:]:
    torrent.add_tracker(url)
lt.set_piece_hashes(torrent, os.path.dirname(folder))
with open(path, "wb") as file:
    file.write(lt.bencode(torrent.generate()))
