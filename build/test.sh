#!/usr/bin/env bash
# Builds and tests everything: the same script for a person and for CI. Needs the .NET 10 SDK; as root on Debian or Ubuntu it installs
# what else is missing (a linker for the agents, sshd and libtorrent as real counterparts for the tests). That includes Debian's libraries for arm64: Ubuntu has
# them on a server of its own (ports.ubuntu.com), which must be among the machine's sources.
#
#   build/test.sh              everything
#   build/test.sh NAME ...     only the test projects whose name contains one of the NAMEs
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
configuration=Release
log=$(mktemp)
trap 'rm -f "$log"' EXIT

command -v dotnet >/dev/null || { echo "build/test.sh: the .NET 10 SDK is missing: https://dot.net/download" >&2; exit 1; }

# package, perhaps of another architecture, and after the last colon a file that tells whether it is there
packages=(
  clang:/usr/bin/clang
  cmake:/usr/bin/cmake
  make:/usr/bin/make
  python3-yaml:/usr/lib/python3/dist-packages/yaml/__init__.py
  lld:/usr/bin/ld.lld
  libssl-dev:/usr/include/openssl/ssl.h
  zlib1g-dev:/usr/include/zlib.h
  libc6-dev:arm64:/usr/lib/aarch64-linux-gnu/libc.a
  libgcc-12-dev:arm64:/usr/lib/gcc/aarch64-linux-gnu
  libssl-dev:arm64:/usr/lib/aarch64-linux-gnu/libcrypto.a
  qemu-user-static:/usr/bin/qemu-aarch64-static
  debootstrap:/usr/sbin/debootstrap
  openssh-server:/usr/sbin/sshd
  openssh-client:/usr/bin/ssh-keygen
  dropbear-bin:/usr/sbin/dropbear
  busybox:/bin/busybox
  fish:/usr/bin/fish
  mksh:/bin/mksh
  tcsh:/bin/tcsh
  zsh:/bin/zsh
  sudo:/usr/bin/sudo
  iproute2:/sbin/ip
  nftables:/usr/sbin/nft
  chromium:/usr/bin/chromium
  curl:/usr/bin/curl
  wget:/usr/bin/wget
  perl-base:/usr/bin/perl
  hey:/usr/bin/hey
  python3-libtorrent:/usr/lib/python3/dist-packages/libtorrent.egg-info
)
missing=()
for package in "${packages[@]}"; do
  [ -e "${package##*:}" ] || missing+=("${package%:*}")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing ${missing[*]}"
    case "${missing[*]}" in *:arm64*) dpkg --add-architecture arm64 ;; esac
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "build/test.sh: these packages are missing: ${missing[*]}" >&2
    exit 1
  fi
fi

dotnet build Murder.Build.sln -c "$configuration" -v q

selected=()
for project in tests/*Tests/*.csproj; do
  wanted=$([ $# -eq 0 ] && echo yes || echo no)
  for name in "$@"; do
    case $project in *"$name"*) wanted=yes ;; esac
  done
  [ "$wanted" = no ] || selected+=("$project")
done

# Once a machine, and not within a test: it fetches half a distribution. Where it cannot, the tests that need it say so.
case "${selected[*]}" in
  *PackageTests*) [ "$(id -u)" != 0 ] || build/host-roots >/dev/null || true ;;
esac

failed_projects=0
for project in "${selected[@]}"; do
  # One after the other: the tests run real processes on few cores, and a quiet machine makes a failure mean something.
  dotnet test "$project" -c "$configuration" --no-build --nologo 2>&1 | tee -a "$log" || failed_projects=$((failed_projects + 1))
done

if [ $# -eq 0 ]; then
  # The lab needs root, and a kernel (or a container) that lets it make namespaces and shape links.
  if [ "$(id -u)" = 0 ] && ip netns add murder-test-probe 2>/dev/null; then
    ip netns delete murder-test-probe
    bench/smoke || failed_projects=$((failed_projects + 1))
  else
    echo "bench/smoke: not run: no network namespaces here"
  fi

  dotnet run --project tests/Murder.Fuzzing -c "$configuration" --no-build -- all 3 || failed_projects=$((failed_projects + 1))
fi

sum() { grep -oE "$1: +[0-9]+" "$log" | grep -oE '[0-9]+$' | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed_projects" = 0 ] || echo "build/test.sh: not all ran to their end: $failed_projects failed or crashed, see above" >&2
[ "$failed_projects" = 0 ] && [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
