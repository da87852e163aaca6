# shellcheck shell=bash
# The Swift compiler. Needs common.sh.

readonly swift_least=6.1

# How the programs are built. The Swift runtime goes into them, so that they can be copied
# to a machine without it; the table of imported functions is read-only once they run.
# scripts/oracle builds in the same way, so that nothing is built twice.
# shellcheck disable=SC2034
readonly swift_release=(swift build --package-path "${project:?}" -c release
  --static-swift-stdlib -Xlinker -z -Xlinker now)

# find_swift: puts the first Swift that is there in PATH; fails when none is.
find_swift() {
  command -v swift >/dev/null && return 0
  local folder
  for folder in /opt/swift/usr/bin "$HOME/.local/share/swiftly/bin"; do
    if [[ -x $folder/swift ]]; then
      export PATH="$folder:$PATH"
      return 0
    fi
  done
  return 1
}

# swift_runs: whether the libraries that the toolchain itself needs are there.
swift_runs() { swift --version &>/dev/null && swift build --version &>/dev/null; }

# need_swift: puts a Swift that runs and is new enough in PATH, or ends the script.
need_swift() {
  local hint="Get Swift $swift_least or later from https://www.swift.org/install/linux/"
  hint+=" and put its usr/bin in PATH."
  find_swift || die "Swift was not found in PATH nor in /opt/swift/usr/bin. $hint"
  swift_runs || die "$(command -v swift) does not run: $(swift build --version 2>&1 | head -n 1)"
  local version
  version=$(swift_version swift) || die "$(command -v swift) does not tell its version. $hint"
  version_at_least "$version" "$swift_least" ||
    die "Swift $version in $(command -v swift) is too old. $hint"
}

# swift_version PROGRAM: prints "6.3.1".
swift_version() {
  local text
  text=$("$1" --version 2>/dev/null) || return 1
  [[ $text =~ Swift\ version\ ([0-9]+(\.[0-9]+)*) ]] || return 1
  printf '%s\n' "${BASH_REMATCH[1]}"
}

# version_at_least HAVE WANT
version_at_least() {
  [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}
