# shellcheck shell=bash
# What benchmarks print of their rounds. To be sourced.

# quartiles: of the numbers on stdin, one a line: "lower median upper".
quartiles() {
  sort -g | awk '{ v[NR] = $1 }
    END { print v[int((NR + 3) / 4)], v[int((NR + 1) / 2)], v[int((3 * NR + 3) / 4)] }'
}
