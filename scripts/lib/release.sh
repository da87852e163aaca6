# shellcheck shell=bash
# What a release is called and when it was made. Needs common.sh.

# release_version: prints "0.1.0".
release_version() {
  sed -n 's/^public let fdtrackVersion = "\(.*\)"$/\1/p' \
    "${project:?}/Sources/CommandLineTools/Version.swift"
}

# release_date: seconds since 1970. SOURCE_DATE_EPOCH, else the last commit's, else when the
# version was written; so two builds of one source are equal.
# Source: https://reproducible-builds.org/specs/source-date-epoch/
release_date() {
  [[ ! ${SOURCE_DATE_EPOCH:-} ]] || { echo "$SOURCE_DATE_EPOCH" && return; }
  git -C "${project:?}" log -1 --format=%ct 2>/dev/null ||
    stat -c %Y "$project/Sources/CommandLineTools/Version.swift"
}
