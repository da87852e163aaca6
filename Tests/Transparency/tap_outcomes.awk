# The outcomes in a Test Anything Protocol stream, for each test "FILE test N<tab>ok",
# "not ok", or either with its directive (skip, todo). `file` is set by -v.
# Source: https://testanything.org/tap-specification.html
/^(not )?ok / {
  number = $1 == "ok" ? $2 : $3
  directive = match(tolower($0), /# *(skip|todo)/) ? substr(tolower($0), RSTART + 1, RLENGTH - 1) : ""
  gsub(/ /, "", directive)
  printf "%s test %s\t%s %s\n", file, number, $1 == "ok" ? "ok" : "not ok", directive
}
/^1\.\.0/ { printf "%s\tskipped whole\n", file }
/^Bail out!/ { printf "%s\tbailed out\n", file }
