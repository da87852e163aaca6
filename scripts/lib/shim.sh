# shellcheck shell=bash
# What must hold for the shim wherever it is loaded. Needs common.sh.

# check_shim FILE: libfdtrack.so is loaded into programs that we know nothing
# of. Any library beyond libc, and any search path, would come along with it.
check_shim() {
  local file=$1 dynamic symbols needed
  dynamic=$(LC_ALL=C readelf -dW "$file") || die "readelf cannot read $file"
  symbols=$(LC_ALL=C readelf --dyn-syms -W "$file")
  needed=$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$dynamic" | paste -sd ' ')
  [[ $needed == libc.so.6 ]] ||
    die "$file must need libc.so.6 and nothing else, but needs: ${needed:-nothing}"
  ! grep -Eq '\((RPATH|RUNPATH)\)' <<<"$dynamic" || die "$file must not have a library search path"
  # What is not zero at first would be a mapping of its own, for which each fork pays.
  ! LC_ALL=C readelf -SW "$file" | awk '{ sub(/^ *\[ *[0-9]+\]/, "") } $1 == ".data" && $5 !~ /^0+$/' | grep -q . ||
    die "$file must not have variables that begin with anything but zero"
  local start size
  read -r start size < <(LC_ALL=C readelf -lW "$file" | awk '$1 == "LOAD" && / RW / { print $3, $5 }')
  (((start + size) % 4096 != 0)) ||
    say "the relocated constants of $file end with a page, which costs each program a page fault: change its spare tags"
  # Exported is what calls.def lists, and nothing else but fdtrack's own.
  local listed exported
  listed=$(sed -n 's/^FDT_CALL([^,]*, *\([A-Za-z0-9_]*\),.*/\1/p' "${project:?}/CShim/shim/calls.def" | sort -u)
  exported=$(awk '$5 != "LOCAL" && $7 != "UND" && $4 != "OBJECT" { sub(/@.*/, "", $8); print $8 }' \
    <<<"$symbols" | grep -Ev '^(Name|fdtrack_.*)?$' | sort -u)
  [[ $exported == "$listed" ]] ||
    die "$file must export what calls.def lists: $(diff <(echo "$listed") <(echo "$exported") | grep '^[<>]' | head -3 | paste -sd ' ')"
  ! grep -Eq 'UND +([$]s|_?swift_)' <<<"$symbols" || die "$file refers to the Swift runtime"
}
