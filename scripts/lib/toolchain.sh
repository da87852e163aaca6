# shellcheck shell=bash
# The Swift compiler. Needs common.sh.

readonly swift_least=6.1

# need_swift: puts a Swift that is new enough in PATH, or ends the script.
need_swift() {
  local folder version found=""
  for folder in "" /opt/swift/usr/bin "$HOME/.local/share/swiftly/bin"; do
    if [[ -z $folder ]]; then
      command -v swift >/dev/null || continue
    else
      [[ -x $folder/swift ]] || continue
    fi
    version=$(swift_version "${folder:+$folder/}swift") || continue
    found=$version
    if version_at_least "$version" "$swift_least"; then
      [[ -z $folder ]] || export PATH="$folder:$PATH"
      return 0
    fi
  done
  if [[ -n $found ]]; then
    die "Swift $found is too old: fdtrack needs $swift_least or later." \
      "Get one from https://www.swift.org/install/linux/ and put its usr/bin in PATH."
  fi
  die "Swift was not found in PATH nor in /opt/swift/usr/bin: fdtrack needs $swift_least or later." \
    "Get it from https://www.swift.org/install/linux/ and put its usr/bin in PATH."
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
