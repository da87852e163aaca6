# shellcheck shell=sh
# Tools that look into programs, and libraries that stand beside the shim in front of
# libc, each with the same small program: what it says and how it ends must not depend
# on the shim, and its trace must be one of that program. Sourced by run.sh.

# on_top NAME PROGRAM COMMAND: COMMAND is shell, in which $program is what to run and
# $1 what to preload, or nothing.
on_top() {
  title="on top: $1"
  wanted "$title" || return 0
  fresh
  test_case "$title" env --chdir="$place" shim="$shim" build="$build" command="$3" \
    program="$build/on_top/$2" sh -c '
      unavailable() { echo "$1"; exit 77; }
      [ -x "$program" ] || unavailable "the compiler has no such sanitizer"
      run() { eval "$command"; }
      export FDTRACK_OUT="$PWD/trace.bin" FDTRACK_SIZE=32M
      (run "") >said.alone 2>heard.alone
      alone=$?
      [ $alone -ne 77 ] || unavailable "$(cat said.alone)"
      (run "$shim") >said.with 2>heard.with
      with=$?
      cat heard.alone heard.with
      echo "status $alone alone, $with with the shim"
      [ $alone -eq 9 ] && [ $with -eq 9 ] && diff said.alone said.with &&
        diff heard.alone heard.with &&
        "$build/traces/audit" followed trace.bin "${program##*/}"'
}

on_top "nothing" plain 'env ${1:+LD_PRELOAD="$1"} "$program"'

# ---- the dynamic linker's own ways -------------------------------------------------------

on_top "immediate binding" plain 'env LD_BIND_NOW=1 ${1:+LD_PRELOAD="$1"} "$program"'

# Which makes it give thread-local storage away before it knows of preloaded libraries.
on_top "an auditing library" plain '
  env LD_AUDIT="$build/libauditing.so" \
    ${1:+LD_PRELOAD="$1"} "$program"'

on_top "two copies of the shim" plain '
  cp "$shim" libfdtrack-copy.so
  env ${1:+LD_PRELOAD="$1:$PWD/libfdtrack-copy.so"} "$program"'

# ---- tools -----------------------------------------------------------------------------

# What gdb itself tells of threads and children goes elsewhere: it would come between the
# halves of the program's lines.
on_top "gdb" plain '
  command -v gdb >/dev/null || unavailable "gdb is not installed"
  gdb -nx -batch -return-child-result -ex "set startup-with-shell off" \
    -ex "set logging file gdb.log" -ex "set logging redirect on" -ex "set logging enabled on" \
    ${1:+-ex "set environment LD_PRELOAD $1"} -ex run "$program"'

on_top "gdb, stopped in the shim" plain '
  command -v gdb >/dev/null || unavailable "gdb is not installed"
  rm -f gdb.log
  gdb -nx -batch -return-child-result -ex "set startup-with-shell off" \
    -ex "set logging file gdb.log" -ex "set logging redirect on" -ex "set logging enabled on" \
    ${1:+-ex "set environment LD_PRELOAD $1"} -ex "set breakpoint pending on" -ex "break pipe" \
    -ex run -ex backtrace -ex delete -ex "stepi 200" -ex continue "$program" 2>gdb.errors
  status=$?
  grep -q "hit Breakpoint 1" gdb.log || return 8
  return $status'

on_top "strace" plain '
  command -v strace >/dev/null || unavailable "strace is not installed"
  strace -f -o strace.log ${1:+-E "LD_PRELOAD=$1"} "$program"'

on_top "valgrind" plain '
  command -v valgrind >/dev/null || unavailable "valgrind is not installed"
  env ${1:+LD_PRELOAD="$1"} valgrind -q --error-exitcode=33 --log-file=valgrind.log "$program"
  status=$?
  cat valgrind.log >&2
  return $status'

# ---- sanitizers ---------------------------------------------------------------------------
# The address sanitizer insists on being the first library, so it is preloaded too, or
# told not to look.

on_top "the address sanitizer, before the shim" address '
  library=$(ldd "$program" | sed -n "s/.*libasan.*=> \([^ ]*\) .*/\1/p")
  env LD_PRELOAD="$library${1:+:$1}" "$program"'
on_top "the address sanitizer, after the shim" address '
  env ASAN_OPTIONS=verify_asan_link_order=0 ${1:+LD_PRELOAD="$1"} "$program"'
# Its own layout of memory does not go with much randomness of addresses.
on_top "the thread sanitizer" thread '
  setarch -R env ${1:+LD_PRELOAD="$1"} "$program"'
on_top "the undefined behaviour sanitizer" undefined 'env ${1:+LD_PRELOAD="$1"} "$program"'

# ---- allocators ---------------------------------------------------------------------------

for allocator in libjemalloc libtcmalloc_minimal; do
  find_allocator="library=\$(ldconfig -p | sed -n 's/.*$allocator[.]so.* => //p' | head -n 1)
    [ -n \"\$library\" ] || unavailable '$allocator is not installed'"
  on_top "$allocator, before the shim" plain "$find_allocator"'
    env LD_PRELOAD="$library${1:+:$1}" "$program"'
  on_top "$allocator, after the shim" plain "$find_allocator"'
    env LD_PRELOAD="${1:+$1:}$library" "$program"'
done
