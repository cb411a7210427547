# Packs an agent as it is uploaded, and beside it what a deploy has to know of it, so that no deploy unpacks it to find out:
#   sh pack-agent.sh FILE FOLDER
# writes FOLDER/murder-peer.gz and FOLDER/murder-peer.sums, which has three lines: sha256sum of the compressed file, sha256sum and cksum of the agent itself.
set -eu
mkdir -p "$2"
gzip -9 -n -c "$1" >"$2/murder-peer.gz.new"
{
    sha256sum <"$2/murder-peer.gz.new"
    sha256sum <"$1"
    cksum <"$1"
} >"$2/murder-peer.sums.new"
for file in murder-peer.sums murder-peer.gz; do
    mv -f "$2/$file.new" "$2/$file" # of a build that was cut short, nothing is taken for whole
done
