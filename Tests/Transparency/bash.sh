# shellcheck shell=bash
# Bash's own tests, from its source, run by Debian's bash. Each prints what differs
# from what is expected: that is its outcome, and need not be nothing.

# shellcheck source=/dev/null
source "$project/scripts/lib/sources.sh"
bash_source=$(debian_source bash)
for helper in recho zecho printenv xcase; do
  cc -w -DHAVE_STDLIB_H -DHAVE_STRING_H -DHAVE_UNISTD_H -o "$bash_source/tests/$helper" \
    "$bash_source/support/$helper.c" -I "$bash_source" -I "$bash_source/include"
done

parts() { echo all; }

# outcomes HOW PART FILE [TEST]
outcomes() {
  local how=$1 file=$3 only=${4:-} name output
  rm -rf "$scratch/bash"
  cp -r "$bash_source/tests" "$scratch/bash"
  : >"$file"
  for name in "$scratch"/bash/run-*; do
    name=${name##*/}
    case $name in run-all | run-minimal | run-gprof | run-jobs) continue ;; esac
    [[ -z $only || $name == "$only" ]] || continue
    output=$(cd "$scratch/bash" && export TMPDIR=$scratch THIS_SH=/bin/bash PATH=.:$PATH \
      BASH_TSTOUT=$scratch/bash/output &&
      { $how timeout 120 sh "$name" 2>&1 </dev/null || true; } | md5sum)
    printf '%s\t%s\n' "$name" "${output%% *}" >>"$file"
  done
}
