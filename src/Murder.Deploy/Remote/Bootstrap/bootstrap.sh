# Finds or receives the agent and becomes it. POSIX sh, read by 'sh' from its stdin.
#
# The lines before this one set: mark (begins every line meant for the deployer), agents ("RID:SHA256:RAW_BYTES:GZIP_BYTES:CKSUM ..."), root (the
# application's root), excluded (folders that failed before, one a line), distrusted (not empty: send the agent anew), and, empty when
# hosts are not to bring the agent to each other, relay_path (at which this host offers it), relay_port (the first swarm port, 0 for any), and
# relay_in_perl and get_in_perl (relay.pl and get.pl). Answers, one line each:
#   HAVE RID            the agent is here and starts now: its own first line follows
#   NEED RID gz|raw GETTER ENDPOINT
#                       send "UP", a line feed, and exactly that form of it; or, unless GETTER is "-", "GET URL". Others get what arrives, as it
#                       arrives, at ENDPOINT; nobody does when its port is 0, or when it is "-" because no address is known that others could use
#   MISS REASON         it did not come from there; NEED follows
#   PUT                 it came through whole and starts now
#   ERR platform|folder|write ...
# The deployer sends nothing unasked: 'read' and 'head' may read ahead, and what they took would be lost.
main() {
    echo # a login may have said something without an end of line, and what follows must begin one
    users_lc_all=${LC_ALL-}
    LC_ALL=C
    export LC_ALL
    find_agent_for_platform || return
    find_hash_tool

    chosen= refused=
    own_folder && consider "$root/.murder/agents"
    consider "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/murder"
    uid=$(id -u)
    for parent in /var/tmp /tmp /dev/shm; do
        consider "$parent/murder-$uid"
    done
    if [ -z "$chosen" ]; then
        say "ERR folder$refused"
        return
    fi

    receive
}

say() { printf '%s %s\n' "$mark" "$1"; }

find_agent_for_platform() {
    system=$(uname -sm)
    machine=${system##* }
    system=${system% *}
    case $system in
        Linux) os=linux ;;
        Darwin) os=osx ;;
        FreeBSD) os=freebsd ;;
        *) os=$system ;;
    esac
    case $machine in
        x86_64 | amd64) machine=x64 ;;
        aarch64 | arm64) machine=arm64 ;;
        armv7* | armv8l) machine=arm ;;
    esac
    rid=$os-$machine
    for agent in $agents; do
        case $agent in
            "$rid":*)
                agent=${agent#*:}
                sha256=${agent%%:*}
                agent=${agent#*:}
                raw_bytes=${agent%%:*}
                agent=${agent#*:}
                gzip_bytes=${agent%%:*}
                checksum=${agent#*:}
                file=murder-peer-$sha256
                return 0
                ;;
        esac
    done
    say "ERR platform $rid"
    return 1
}

# Without any of these the size has to do; the agent's first line tells its own hash.
find_hash_tool() {
    hash_tool=
    for tool in sha256sum 'shasum -a 256' 'sha256 -q' 'openssl dgst -sha256 -r'; do
        if command -v "${tool%% *}" >/dev/null 2>&1; then
            hash_tool=$tool
            return
        fi
    done
}

# The root is used only where it exists; what else lies in .murder belongs to all who deploy there, so that folder keeps the user's umask.
own_folder() {
    [ -n "$root" ] && [ -d "$root" ] && [ -w "$root" ] && { [ -d "$root/.murder" ] || mkdir "$root/.murder" 2>/dev/null; }
}

# Starts the agent in this folder, or remembers the first folder that could hold and execute it.
consider() {
    if was_excluded "$1"; then
        refuse "$1" 'failed before'
        return
    fi
    if [ -z "$distrusted" ] && is_ours "$1" && is_ours "$1/$file" && is_still_agent "$1/$file"; then
        say "HAVE $rid"
        start "$1/$file"
    fi
    [ -z "$chosen" ] || return
    if ! { (umask 077 && mkdir -p "$1") 2>/dev/null && is_ours "$1"; }; then
        refuse "$1" 'not ours to write'
        return
    fi
    if ! can_execute_in "$1"; then
        refuse "$1" 'cannot hold and execute a program'
        return
    fi
    free=$(df -Pk "$1" 2>/dev/null | { read -r skip && read -r skip skip skip free skip && echo "$free"; })
    case $free in
        '' | *[!0-9]*) ;; # no df: the write will tell
        *)
            if [ "$free" -le $((raw_bytes / 1024 + 512)) ]; then
                refuse "$1" "full: $free KB free"
                return
            fi
            ;;
    esac
    chosen=$1 chosen_free=$free
}

was_excluded() {
    case "
$excluded
" in
        *"
$1
"*) return 0 ;;
    esac
    return 1
}

# In a folder of somebody else a checked file can be swapped before it starts.
is_ours() { [ -O "$1" ] && [ ! -h "$1" ]; }

refuse() { refused="$refused; $1: $2"; }

# Only running something there tells of noexec mounts and security modules alike.
can_execute_in() {
    probe=$1/.probe-$$
    (umask 077 && printf '#!/bin/sh\nexit 0\n' >"$probe" && chmod 700 "$probe" && "$probe") >/dev/null 2>&1
    result=$?
    rm -f "$probe" 2>/dev/null
    return $result
}

# Its hash was right when it came, and nobody but us could have changed it since. What a disk has done to it a checksum shows as well, at an eighth of the
# time: hashing would be most of what a host does until its agent runs.
is_still_agent() {
    [ -f "$1" ] && [ -x "$1" ] || return 1
    case $(cksum <"$1" 2>/dev/null) in
        "$checksum $raw_bytes"*) checked=cksum ;;
        '') is_agent "$1" ;;
        *) return 1 ;;
    esac
}

is_agent() {
    [ -f "$1" ] && [ -x "$1" ] && [ "$(($(wc -c <"$1")))" -eq "$raw_bytes" ] || return 1
    checked=$hash_tool
    [ -z "$hash_tool" ] && return 0
    case $($hash_tool <"$1") in
        "$sha256"*) return 0 ;;
    esac
    return 1
}

receive() {
    form=raw bytes=$raw_bytes getter=-
    if command -v gzip >/dev/null 2>&1; then
        form=gz bytes=$gzip_bytes
        find_getter
    fi
    arriving=$chosen/.arriving-$$-$sha256 relay=
    trap 'rm -f "$arriving" "$arriving.gz"; close_relay' 0
    trap 'exit 1' 1 2 13 15 # 13: it says that the upload failed to a deployer that died in the middle of it
    while :; do
        open_relay
        say "NEED $rid $form $getter $endpoint"
        read -r order url || return
        case $order in UP | GET) ;; *) return ;; esac
        (umask 077 && take >"$arriving") 2>/dev/null
        rm -f "$arriving.gz" # which tells the relay that no more comes
        chmod 700 "$arriving" 2>/dev/null
        if is_agent "$arriving" && mv -f "$arriving" "$chosen/$file" 2>/dev/null; then
            trap - 0 1 2 15
            say PUT
            start "$chosen/$file"
        fi
        [ "$order" = GET ] || break
        close_relay
        rm -f "$arriving"
        say "MISS $getter got no agent from $url"
    done
    say "ERR write $chosen"
}

# A byte too many is enough to tell that it is not the agent.
take() {
    if [ -n "$relay" ]; then
        content | tee "$arriving.gz" | gzip -dc | head -c $((raw_bytes + 1))
    elif [ $form = gz ]; then
        content | gzip -dc | head -c $((raw_bytes + 1))
    else
        content
    fi
}

# Another host may say anything, and without end: what it compressed in its own way is no longer than the agent.
content() {
    if [ "$order" = UP ]; then
        head -c "$bytes"
    else
        get "$url" </dev/null | head -c "$raw_bytes" # stdin holds the orders to come
    fi
}

# What cannot be checked is not taken from others.
find_getter() {
    [ -n "$hash_tool" ] && [ -n "$relay_path" ] || return
    for getter in curl perl wget; do
        if command -v $getter >/dev/null 2>&1; then
            return
        fi
    done
    getter=-
}

# Gives up on a host that does not answer, or falls silent. Neither proxies nor the user's settings are asked: other hosts are near.
get() {
    case $getter in
        curl) curl -q -fsS --noproxy '*' --connect-timeout 2 --speed-time 5 --speed-limit 16384 "$1" ;;
        perl) perl -e "$get_in_perl" "$1" ;;
        wget)
            unset http_proxy
            case $(wget --help 2>&1) in
                *--no-config*) wget --no-config -q -t 1 -T 3 -O - "$1" ;;
                *'-T SEC'*) wget -q -T 3 -O - "$1" ;; # busybox
                *) wget -q -O - "$1" ;;
            esac
            ;;
    esac
}

# Has a process of its own hand on what arrives. On hosts that cannot (no perl, no room) the agent may do it when it is there.
open_relay() {
    relay= endpoint=-
    address=${SSH_CONNECTION-}
    address=${address#* * }
    address=${address%% *}
    case $address in
        '' | *[!0-9a-fA-F.:]*) return ;;
        *:*) address_of_url=[$address] ;;
        *) address_of_url=$address ;;
    esac
    endpoint=$address_of_url:0
    [ -n "$relay_path" ] && [ $form = gz ] && [ -n "$chosen_free" ] || return
    command -v perl >/dev/null 2>&1 && command -v tee >/dev/null 2>&1 || return
    [ "$chosen_free" -gt $(((raw_bytes + gzip_bytes) / 1024 + 1024)) ] || return
    (umask 077 && : >"$arriving.gz") 2>/dev/null || return
    relay=$(printf '%s\n' "$relay_path" | perl -e "$relay_in_perl" "$address" "$relay_port" $$ "$arriving.gz" 2>/dev/null)
    [ -z "$relay" ] || endpoint=$address_of_url:${relay% *}
}

# Whoever gets from here what did not come through is to know it at once.
close_relay() {
    [ -z "$relay" ] || kill "${relay#* }" 2>/dev/null
    relay=
}

# The agent gets the login's umask and environment, which are those of the commands of a release too; and its own path, and what has checked it
# ('' when nothing could), which it keeps to itself.
start() {
    LC_ALL=$users_lc_all
    [ -n "$LC_ALL" ] || unset LC_ALL
    MURDER_AGENT=$1 MURDER_AGENT_CHECKED=$checked
    export MURDER_AGENT MURDER_AGENT_CHECKED
    exec "$1"
}

# On one line: after an early return the shell must not take what follows on stdin for commands.
main; exit
