# Sourced by the scripts of this folder: installs what is missing the way build/test.sh does.

# require_packages PACKAGE:FILE... where FILE tells whether PACKAGE is there.
require_packages() {
  local missing=() package
  for package in "$@"; do
    [ -e "${package#*:}" ] || missing+=("${package%%:*}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "$(basename "$0"): these packages are missing: ${missing[*]}" >&2
    return 1
  fi
  echo "installing ${missing[*]}" >&2
  apt-get -o DPkg::Lock::Timeout=300 update -qq
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
