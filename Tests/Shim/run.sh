#!/bin/sh
# run.sh SHIM BUILD [PATTERN]: runs the built tests, one line each; exit status 1
# when any failed. What a failing test wrote is shown below its line.
shim=$1 build=$2 pattern=$3
passed=0 failed=0 skipped=0
[ -f "$shim" ] || { echo "$shim: no such library" >&2; exit 1; }
places=$(mktemp -d "${TMPDIR:-/tmp}/fdtrack-tests-XXXXXX") || exit 1
trap 'rm -rf "$places"' EXIT
trap 'exit 1' INT TERM

# Settings of the caller's own would change what is tested.
unset LD_PRELOAD FDTRACK_OUT FDTRACK_SIZE FDTRACK_JOIN FDTRACK_CHILD FDTRACK_SIGNAL
umask 022
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
# Enough for numbers of some thousands, and few enough to try each.
ulimit -S -n 20000 2>/dev/null || ulimit -S -n "$(ulimit -H -n)"
export SHIM="$shim" TEST_BUILD="$build"

wanted() { [ -z "$pattern" ] || case $1 in *$pattern*) true ;; *) false ;; esac; }

# test_case TITLE COMMAND…: in the directory $place, which it removes.
test_case() {
  title=$1
  shift
  timeout -k 5 120 "$@" >"$places/output" 2>&1 </dev/null
  status=$?
  if [ $status -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok      $title"
  elif [ $status -eq 77 ]; then # SKIPPED of check.h
    skipped=$((skipped + 1))
    echo "skipped $title ($(tail -n 1 "$places/output"))"
  else
    echo "FAILED  $title (status $status)"
    failed=$((failed + 1))
    sed 's/^/          /' "$places/output" | head -40
  fi
  rm -rf "$place"
}

fresh() { place=$(mktemp -d "$places/XXXXXX"); }

traced() { fresh; test_case "$1" env --chdir="$place" FDTRACK_OUT="$place/trace.bin" \
  FDTRACK_SIZE="${SIZE:-4M}" sh -c "$2"; }

# ---- calls: one process and one trace for each
"$build/calls" >"$places/names" || exit 1
while read -r name; do
  wanted "calls: $name" || continue
  export TEST="$name"
  traced "calls: $name" "LD_PRELOAD='$shim' exec '$build/calls' \"\$TEST\""
done <"$places/names"

# ---- hazards: the host alone, the host with the shim, then the trace
sources=$(dirname "$0")/hazards
for program in "$build"/hazards/*.O?; do
  name=${program##*/}
  source=$(echo "$sources/${name%.O?}".c*)
  wanted "hazards: $name" || continue
  fresh
  test_case "hazards: $name, alone" env --chdir="$place" "$program"
  # "audit: sound" in a source: its counts cannot agree, for the reason given there.
  audit=exact
  grep -q 'audit: sound' "$source" && audit=sound
  grep -q 'audit: none' "$source" && audit=none
  SIZE=32M traced "hazards: $name, with the shim" \
    "LD_PRELOAD='$shim' '$program' && '$build/traces/audit' $audit trace.bin"
done

# ---- traces: programs that run others with the shim
for program in "$build"/traces/*; do
  name=${program##*/}
  [ "$name" = audit ] && continue
  wanted "traces: $name" || continue
  fresh
  test_case "traces: $name" env --chdir="$place" "$program"
done

# ---- on top: tools and libraries that stand beside the shim
# shellcheck source-path=SCRIPTDIR source=on_top/cases.sh
. "$(dirname "$0")/on_top/cases.sh"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
