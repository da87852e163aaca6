# shellcheck shell=bash
# Shared by every script here: where the project stands, and how to speak.

project=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
export project
readonly project

# The folders that the scripts and the tests agree on.
readonly shim_build="$project/.build/shim"
readonly fixtures_build="$project/.build/fixtures"
readonly product="$project/.build/fdtrack"
export shim_build fixtures_build product

# The scripts must not trace themselves, should the shell export the shim.
unset LD_PRELOAD

# say TEXT...: tells what happens next, on stderr, so that output stays usable.
say() { printf '==> %s\n' "$*" >&2; }

# die TEXT...: tells why it cannot go on, and what to do about it.
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}
