# shellcheck shell=bash
# Perl's own tests, from its source, run by Debian's perl.

# shellcheck source=/dev/null
source "$project/scripts/lib/sources.sh"
perl_source=$(debian_source perl)

parts() { echo io op modules; }

# perl_files PART: paths below the source.
perl_files() {
  case $1 in
    io) echo t/io/*.t ;;
    op) printf 't/op/%s.t\n' alarm chdir closure coreamp coresubs die_exit die_unwind eval exec \
      exists_sub fh filetest filetest_t fork getpid getppid glob groups inccode kill0 local lfs \
      magic mkdir negate override quotemeta readline require_errors select sleep sselect stat \
      sysio tie_fetch_count time tie tiehandle time_loop utfhash waitpid yadayada ;;
    modules) echo dist/IO/t/*.t cpan/Socket/t/*.t ext/IPC-Open3/t/*.t cpan/File-Temp/t/*.t \
      ext/Fcntl/t/*.t ext/POSIX/t/*.t cpan/IPC-Cmd/t/*.t cpan/IO-Socket-IP/t/*.t ;;
  esac
}

# The tests load modules from ../lib alone, and call themselves as ./perl.
perl_place() {
  local place=$1 include
  rm -rf "$place"
  mkdir -p "$place/lib"
  (cd "$perl_source" && cp -r --parents t dist/IO/t cpan/Socket/t ext/IPC-Open3/t \
    cpan/File-Temp/t ext/Fcntl/t ext/POSIX/t cpan/IPC-Cmd/t cpan/IO-Socket-IP/t "$place")
  while read -r include; do
    [[ ! -d $include ]] || cp -rsn "$include/." "$place/lib/" 2>/dev/null || true
  done < <(/usr/bin/perl -e 'print map { "$_\n" } grep { !/local/ } @INC')
  ln -s /usr/bin/perl "$place/t/perl"
  ln -s /usr/bin/perl "$place/perl"
}

# outcomes HOW PART FILE [TEST]
outcomes() {
  local how=$1 part=$2 file=$3 only=${4:-} test place=$scratch/perl folder
  perl_place "$place"
  : >"$file"
  for test in $(cd "$place" && perl_files "$part"); do
    [[ -f $place/$test ]] || continue
    [[ -z $only || $only == "$test" || $only == "$test "* ]] || continue
    folder=$place/t
    [[ $test == t/* ]] || folder=$place/${test%/t/*}
    (cd "$folder" && { $how timeout 120 /usr/bin/perl -I"$place/lib" "$place/$test" \
      2>/dev/null </dev/null || true; }) |
      LC_ALL=C awk -v file="$test" -f "$project/Tests/Transparency/tap_outcomes.awk" >>"$file"
  done
}
