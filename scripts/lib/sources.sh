# shellcheck shell=bash
# Debian's source packages, for tests that come with no binary package. Needs common.sh.

# debian_source NAME: unpacks the source package of that name and prints its folder.
# The machine's own apt sources stay as they are.
debian_source() {
  local name=$1 place="${project:?}/.build/sources/$1" release
  local found=("$place"/*/)
  if [[ ! -d ${found[0]} ]]; then
    mkdir -p "$place/lists"
    release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    echo "deb-src http://deb.debian.org/debian $release main" >"$place/sources.list"
    local apt=(apt-get -q -o "Dir::Etc::SourceList=$place/sources.list"
      -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$place/lists")
    (cd "$place" && "${apt[@]}" update && "${apt[@]}" source --only-source "$name") \
      >"$place/log" 2>&1 || die "the source of $name cannot be had: see $place/log"
    rm -rf "$place/lists"
    found=("$place"/*/)
  fi
  printf '%s\n' "${found[0]%/}"
}
