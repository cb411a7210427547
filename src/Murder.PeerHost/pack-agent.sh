# Makes what is uploaded of an agent, and what a deploy has to know of it, which else every deploy would have to unpack and read it for:
#   sh pack-agent.sh FILE FOLDER
# writes FOLDER/murder-peer.gz, and FOLDER/murder-peer.sums: a line of sha256sum for the compressed file, one for the agent itself, and one of cksum for it.
set -eu
mkdir -p "$2"
gzip -9 -n -c "$1" >"$2/murder-peer.gz.new"
{
    sha256sum <"$2/murder-peer.gz.new"
    sha256sum <"$1"
    cksum <"$1"
} >"$2/murder-peer.sums"
mv -f "$2/murder-peer.gz.new" "$2/murder-peer.gz" # last: it tells that all of it is done
