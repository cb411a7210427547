"""What libtorrent makes of a folder, and of a .torrent file: one JSON object on stdout.

    libtorrent_reference.py create FOLDER PIECE_LENGTH TORRENT   writes TORRENT as libtorrent makes it
    libtorrent_reference.py load TORRENT
"""
import json
import os
import sys

import libtorrent as lt


def create(folder, piece_length, torrent):
    flags = lt.create_torrent.v2_only | lt.create_torrent.symlinks
    files = lt.file_storage()
    lt.add_files(files, folder, lambda path: True, flags)
    creator = lt.create_torrent(files, piece_length, flags)
    creator.set_priv(True)
    lt.set_piece_hashes(creator, os.path.dirname(folder))
    with open(torrent, "wb") as file:
        file.write(lt.bencode(creator.generate()))
    load(torrent)


def load(torrent):
    info = lt.torrent_info(torrent)
    files = info.files()
    entries = []
    for i in range(files.num_files()):
        flags = int(files.file_flags(i))
        if flags & int(lt.file_storage.flag_pad_file):
            continue
        link = flags & int(lt.file_storage.flag_symlink)
        entries.append({
            "path": files.file_path(i),
            "size": files.file_size(i),
            "executable": bool(flags & int(lt.file_storage.flag_executable)) and not link,
            "link": files.symlink(i) if link else None,
        })
    print(json.dumps({
        "infoHash": str(info.info_hashes().v2),
        "name": info.name(),
        "private": info.priv(),
        "pieceLength": info.piece_length(),
        "pieces": info.num_pieces(),
        "trackers": [tracker.url for tracker in info.trackers()],
        "files": entries,
    }))


if sys.argv[1] == "create":
    create(sys.argv[2], int(sys.argv[3]), sys.argv[4])
else:
    load(sys.argv[2])
