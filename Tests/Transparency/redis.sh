# shellcheck shell=bash
# Redis' own tests, from its source, run by Debian's server and tools.

# shellcheck source=/dev/null
source "$project/scripts/lib/sources.sh"
redis_source=$(debian_source redis)
for program in redis-server redis-cli redis-benchmark redis-check-aof redis-check-rdb; do
  ln -sf "/usr/bin/$program" "$redis_source/src/$program"
done

parts() {
  printf '%s\n' unit/auth unit/protocol unit/keyspace unit/scan unit/info unit/multi \
    unit/limits unit/networking unit/introspection unit/pubsub unit/querybuf unit/shutdown \
    unit/aofrw unit/other integration/aof integration/rdb integration/logging \
    integration/redis-cli integration/redis-benchmark integration/replication-psync
}

# outcomes HOW PART FILE [TEST]
outcomes() {
  local how=$1 part=$2 file=$3 only=()
  [[ $# -lt 4 ]] || only=(--only "$4")
  (cd "$redis_source" && { $how timeout 900 ./runtest --single "$part" --clients 1 \
    "${only[@]}" 2>&1 </dev/null || true; }) |
    sed -E 's/\x1b\[[0-9;]*m//g' |
    sed -nE 's/^\[(ok|err|ignore|exception|skip|timeout)\]: (.*)$/\2\t\1/p' |
    sed -E 's/ \([0-9]+ ms\)//' >"$file"
}
