# shellcheck shell=bash
# Git's own tests, from its source, run by Debian's git. Only the helper that the
# tests call is built.

# shellcheck source=/dev/null
source "$project/scripts/lib/sources.sh"
git_source=$(debian_source git)
[[ -d $git_source/templates/blt ]] || {
  make -s -C "$git_source" -j2 CFLAGS=-O0 NO_CURL=1 NO_EXPAT=1 NO_OPENSSL=1 NO_GETTEXT=1 \
    NO_TCLTK=1 GIT-BUILD-OPTIONS t/helper/test-tool t/helper/test-fake-ssh &&
    make -s -C "$git_source/templates"
} >"$git_source/log" 2>&1 || die "git's test helper cannot be built: see $git_source/log"

# Processes, pipes, sockets, locks: what has to do with descriptors.
parts() {
  printf '%s\n' t0000-basic t0005-signals t0006-date t0021-conversion t0060-path-utils \
    t0061-run-command t0300-credentials t0410-partial-clone t1400-update-ref t1416-ref-transaction-hooks \
    t5000-tar-tree t5300-pack-object t5400-send-pack t5500-fetch-pack t5510-fetch t5516-fetch-push \
    t5570-git-daemon t5601-clone t5700-protocol-v1 t6500-gc t7006-pager t7527-builtin-fsmonitor
}

# outcomes HOW PART FILE [TEST]
outcomes() {
  local how=$1 part=$2 file=$3 run=()
  [[ $# -lt 4 ]] || run=(--run="${4##* }")
  (cd "$git_source/t" && export GIT_TEST_INSTALLED=/usr/bin GIT_TEST_GIT_DAEMON=true &&
    { $how timeout 900 sh "./$part.sh" --root="$scratch/git" "${run[@]}" 2>/dev/null </dev/null ||
      true; }) |
    LC_ALL=C awk -v file="$part" -f "$project/Tests/Transparency/tap_outcomes.awk" >"$file"
  rm -rf "$scratch/git"
}
